import { Trash2 } from "lucide-react"
import { Effect } from "effect"
import { AlertDialog } from "radix-ui"
import { useState } from "react"
import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import { ask } from "../api/ask.ts"
import { useParley } from "../Parley.tsx"

interface Props {
  readonly id: ConversationId
  readonly deleted: () => void
}

/** Deletes a conversation, after asking. */
export const DeleteButton = ({ id, deleted }: Props) => {
  const { runtime } = useParley()
  const [open, setOpen] = useState(false)
  const [step, setStep] = useState<"asking" | "deleting" | "failed">("asking")
  const remove = () => {
    setStep("deleting")
    runtime.runCallback(
      ask((client) => client.conversations.remove({ path: { id } })).pipe(
        // Somebody else was faster: it is gone, which is what was wanted.
        Effect.catchIf(
          (failure) => failure.reason === "not-found",
          () => Effect.void,
        ),
        Effect.match({
          onFailure: () => setStep("failed"),
          onSuccess: () => {
            setOpen(false)
            deleted()
          },
        }),
      ),
    )
  }
  const change = (open: boolean) => {
    setStep("asking")
    setOpen(open)
  }
  return (
    <AlertDialog.Root open={open} onOpenChange={change}>
      <AlertDialog.Trigger className="quiet-button">
        <Trash2 size={18} aria-hidden="true" />
        Delete
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="veil" />
        <AlertDialog.Content className="dialog">
          <AlertDialog.Title>Delete this conversation?</AlertDialog.Title>
          <AlertDialog.Description>Its text, figures and recording are removed for good.</AlertDialog.Description>
          {step === "failed" && <p role="alert">It could not be deleted: the server does not answer. Try again.</p>}
          <div className="dialog-actions">
            <AlertDialog.Cancel className="quiet-button framed">Keep it</AlertDialog.Cancel>
            <button className="strong-button" type="button" disabled={step === "deleting"} onClick={remove}>
              {step === "deleting" ? "Deleting" : "Delete"}
            </button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
