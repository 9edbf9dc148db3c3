import { X } from "lucide-react"
import { Dialog, Switch } from "radix-ui"
import { useCallback, useState } from "react"
import type { SystemInfo } from "../../http/api/SystemApi.ts"
import { isActive } from "../conversation/ConversationState.ts"
import { useConversation, useParley, usePreferences } from "../Parley.tsx"
import { MicrophoneSelect } from "./MicrophoneSelect.tsx"
import { MicrophoneTest } from "./MicrophoneTest.tsx"
import { ThemeChoice } from "./ThemeChoice.tsx"
import { useMicrophones } from "./useMicrophones.ts"

type Info = typeof SystemInfo.Type

const MicrophoneSettings = () => {
  const { voice } = useParley()
  const { microphone } = useConversation()
  const [{ microphoneId }, change] = usePreferences()
  const [opened, setOpened] = useState(0)
  const allowed = useCallback(() => setOpened((count) => count + 1), [])
  const choices = useMicrophones(`${microphone._tag} ${opened}`)
  const choose = (id: string | undefined) => {
    change({ microphoneId: id })
    if (microphone._tag === "On") voice.do({ _tag: "UseMicrophone", deviceId: id })
  }
  return (
    <section>
      <h3>Microphone</h3>
      <MicrophoneSelect choices={choices} chosen={microphoneId} choose={choose} />
      <MicrophoneTest deviceId={microphoneId} opened={allowed} />
      {choices.length === 0 && (
        <p className="settings-note">
          The names appear once this page may use the microphone: test it, or start talking.
        </p>
      )}
    </section>
  )
}

/** Nobody is recorded who has not said so. */
const RecordSettings = () => {
  const [{ record }, change] = usePreferences()
  const active = isActive(useConversation())
  return (
    <section>
      <h3>Recording</h3>
      <div className="switch-row">
        <label htmlFor="record">Record my conversations</label>
        <Switch.Root
          className="switch"
          id="record"
          checked={record}
          aria-describedby="record-note"
          onCheckedChange={(record) => change({ record })}
        >
          <Switch.Thumb className="switch-thumb" />
        </Switch.Root>
      </div>
      <p className="settings-note" id="record-note">
        {active ? "A change holds from the next conversation on. " : ""}
        While one is recorded, a sign says so; the recording is kept with it in the history.
      </p>
    </section>
  )
}

const About = ({ info }: { readonly info: Info }) => (
  <section>
    <h3>This installation</h3>
    <dl className="facts">
      <dt>Hears with</dt>
      <dd>{info.speechToText}</dd>
      <dt>Thinks with</dt>
      <dd>{info.languageModel}</dd>
      <dt>Speaks with</dt>
      <dd>{info.textToSpeech}</dd>
      <dt>Version</dt>
      <dd>{info.version}</dd>
    </dl>
    {info.localSignIn && (
      <p className="settings-note">
        There is no sign-in here: everybody on this machine is the local user and sees the same history.
      </p>
    )}
  </section>
)

interface Props {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly info: Info | undefined
}

/** Microphone, theme, and what this installation is made of. */
export const SettingsPanel = ({ open, onOpenChange, info }: Props) => {
  const [{ theme }, change] = usePreferences()
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog settings" aria-describedby={undefined}>
          <div className="settings-top">
            <Dialog.Title>Settings</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label="Close">
              <X size={20} aria-hidden="true" />
            </Dialog.Close>
          </div>
          <MicrophoneSettings />
          {info?.media === "livekit" && <RecordSettings />}
          <section>
            <h3>Theme</h3>
            <ThemeChoice theme={theme} choose={(theme) => change({ theme })} />
          </section>
          {info !== undefined && <About info={info} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
