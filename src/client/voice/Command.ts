import type { MessageId } from "../../domain/conversation/Message.ts"

/** What a person does while talking. */
export type Command =
  | { readonly _tag: "Mute"; readonly muted: boolean }
  | { readonly _tag: "Text"; readonly messageId: MessageId; readonly text: string }
  | { readonly _tag: "Interrupt" }
  | { readonly _tag: "UseMicrophone"; readonly deviceId: string | undefined }
  | { readonly _tag: "Leave" }
