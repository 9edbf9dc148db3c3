import { Effect } from "effect"
import { useEffect, useState } from "react"

export interface MicrophoneChoice {
  readonly id: string
  readonly label: string
}

/** Without permission browsers list devices with neither name nor id: those are no choice. */
const list = Effect.tryPromise(() => navigator.mediaDevices.enumerateDevices()).pipe(
  Effect.map((devices) =>
    devices
      .filter((device) => device.kind === "audioinput" && device.deviceId !== "" && device.label !== "")
      .map((device): MicrophoneChoice => ({ id: device.deviceId, label: device.label })),
  ),
  Effect.orElseSucceed((): ReadonlyArray<MicrophoneChoice> => []),
)

/** The microphones that can be chosen, renewed when one is plugged in or `version` changes. */
export const useMicrophones = (version: unknown): ReadonlyArray<MicrophoneChoice> => {
  const [choices, setChoices] = useState<ReadonlyArray<MicrophoneChoice>>([])
  useEffect(() => {
    if (version === undefined) return
    const renew = () => Effect.runFork(Effect.map(list, setChoices))
    renew()
    const devices: MediaDevices | undefined = navigator.mediaDevices
    devices?.addEventListener("devicechange", renew)
    return () => devices?.removeEventListener("devicechange", renew)
  }, [version])
  return choices
}
