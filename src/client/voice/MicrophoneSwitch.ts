import { Effect, Exit, ExecutionStrategy, Scope } from "effect"
import type { AudioUnavailable } from "../audio/AudioContextScope.ts"
import { type Microphone, type MicrophoneError, openMicrophone } from "../audio/Microphone.ts"
import type { MicrophoneState } from "../conversation/ConversationState.ts"
import type { Trouble } from "../conversation/Trouble.ts"
import { type Levels, silence } from "./Levels.ts"

interface Options {
  readonly levels: Levels
  readonly onFrame: (pcm: ArrayBuffer) => void
  readonly changed: (state: MicrophoneState) => void
}

export interface MicrophoneSwitch {
  /** Opens a microphone in the place of the one before. Fails with what to tell the person. */
  readonly open: (deviceId: string | undefined) => Effect.Effect<void, Trouble>
  readonly setMuted: (muted: boolean) => void
}

const troubleOf = (error: MicrophoneError | AudioUnavailable): Trouble =>
  error._tag === "AudioUnavailable" ? "audio-unavailable" : `microphone-${error.reason}`

interface Opened {
  readonly scope: Scope.CloseableScope
  readonly microphone: Microphone
}

/** One microphone at a time: changing it closes the one before; losing it is told and ends nothing. */
export const makeMicrophoneSwitch = (options: Options): Effect.Effect<MicrophoneSwitch, never, Scope.Scope> =>
  Effect.gen(function* () {
    const parent = yield* Effect.scope
    let current: Opened | undefined
    let muted = false

    const close = Effect.suspend(() => {
      const scope = current?.scope
      current = undefined
      options.levels.person = silence
      return scope === undefined ? Effect.void : Scope.close(scope, Exit.void)
    })

    const use = (scope: Scope.CloseableScope, microphone: Microphone) =>
      Effect.gen(function* () {
        current = { scope, microphone }
        microphone.setMuted(muted)
        options.levels.person = microphone.level
        options.changed({ _tag: "On" })
        yield* Effect.forkIn(
          Effect.zipRight(
            microphone.lost,
            Effect.sync(() => options.changed({ _tag: "Failed", trouble: "microphone-lost" })),
          ),
          scope,
        )
      })

    yield* Effect.addFinalizer(() => close)
    return {
      open: (deviceId) =>
        Effect.gen(function* () {
          yield* close
          options.changed({ _tag: "Opening" })
          const scope = yield* Scope.fork(parent, ExecutionStrategy.sequential)
          const microphone = yield* openMicrophone(deviceId, options.onFrame).pipe(
            Scope.extend(scope),
            Effect.mapError(troubleOf),
            Effect.tapError((trouble) =>
              Effect.sync(() => options.changed({ _tag: "Failed", trouble })).pipe(
                Effect.zipRight(Scope.close(scope, Exit.void)),
              ),
            ),
          )
          yield* use(scope, microphone)
        }),
      setMuted: (next) => {
        muted = next
        current?.microphone.setMuted(next)
      },
    }
  })
