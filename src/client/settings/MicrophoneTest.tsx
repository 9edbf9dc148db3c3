import { Effect } from "effect"
import { useEffect, useState } from "react"
import { openMicrophone } from "../audio/Microphone.ts"
import { isActive } from "../conversation/ConversationState.ts"
import type { Trouble } from "../conversation/Trouble.ts"
import { troubleText } from "../conversation/TroubleText.ts"
import { useConversation, useParley } from "../Parley.tsx"
import { silence } from "../voice/Levels.ts"
import { LevelMeter } from "./LevelMeter.tsx"

/** Holds the microphone open while the test runs; what it hears goes nowhere. */
const listen = (
  deviceId: string | undefined,
  opened: (level: () => number) => void,
  failed: (trouble: Trouble) => void,
) =>
  Effect.gen(function* () {
    const microphone = yield* openMicrophone(deviceId)
    opened(microphone.level)
    yield* microphone.lost
    failed("microphone-lost")
  }).pipe(
    Effect.scoped,
    Effect.catchTags({
      MicrophoneError: (error) => Effect.sync(() => failed(`microphone-${error.reason}`)),
      AudioUnavailable: () => Effect.sync(() => failed("audio-unavailable")),
    }),
  )

interface Props {
  readonly deviceId: string | undefined
  readonly opened: () => void
}

/** Shows how loud the microphone is: the conversation's own while there is one, else opened for the test. */
export const MicrophoneTest = ({ deviceId, opened }: Props) => {
  const { voice } = useParley()
  const active = isActive(useConversation())
  const [testing, setTesting] = useState(false)
  const [level, setLevel] = useState<() => number>(() => silence)
  const [trouble, setTrouble] = useState<Trouble>()
  useEffect(() => {
    if (!testing || active) return
    const started = (level: () => number) => {
      setLevel(() => level)
      opened()
    }
    const failed = (trouble: Trouble) => {
      setTrouble(trouble)
      setTesting(false)
    }
    const stop = Effect.runCallback(listen(deviceId, started, failed))
    return () => {
      stop()
      setLevel(() => silence)
    }
  }, [testing, active, deviceId, opened])
  const toggle = () => {
    setTrouble(undefined)
    setTesting(!testing)
  }
  const [fromConversation] = useState(() => () => voice.levels.person())
  return (
    <div className="microphone-test">
      <LevelMeter level={active ? fromConversation : level} />
      {!active && (
        <button className="quiet-button framed" type="button" onClick={toggle}>
          {testing ? "Stop the test" : "Test it"}
        </button>
      )}
      {trouble !== undefined && (
        <p role="alert">
          {troubleText(trouble, window.navigator.userAgent).title}.{" "}
          {troubleText(trouble, window.navigator.userAgent).detail}
        </p>
      )}
    </div>
  )
}
