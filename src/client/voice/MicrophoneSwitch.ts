import { Effect, Exit, ExecutionStrategy, Scope } from "effect"
import type { AudioUnavailable } from "../audio/AudioContextScope.ts"
import { type Microphone, type MicrophoneError, openMicrophone } from "../audio/Microphone.ts"
import type { MicrophoneState } from "../conversation/ConversationState.ts"
import type { Trouble } from "../conversation/Trouble.ts"
import { type Levels, silence } from "./Levels.ts"
import type { Line } from "./Line.ts"

interface Options {
  readonly levels: Levels
  readonly muted: boolean
  readonly changed: (state: MicrophoneState) => void
}

export interface MicrophoneSwitch {
  /** Opens a microphone in the place of the one before. Fails with what to tell the person. */
  readonly open: (deviceId: string | undefined) => Effect.Effect<void, Trouble>
  /** What it hears goes over this line from now on. */
  readonly lead: (line: Line) => Effect.Effect<void, Trouble>
  readonly setMuted: (muted: boolean) => void
  readonly close: Effect.Effect<void>
}

const troubleOf = (error: MicrophoneError | AudioUnavailable): Trouble =>
  error._tag === "AudioUnavailable" ? "audio-unavailable" : `microphone-${error.reason}`

interface Opened {
  readonly scope: Scope.CloseableScope
  readonly microphone: Microphone
  carrying: Scope.CloseableScope | undefined
}

/** One microphone at a time: changing it closes the one before; losing it is told and ends nothing. */
export const makeMicrophoneSwitch = (options: Options): Effect.Effect<MicrophoneSwitch, never, Scope.Scope> =>
  Effect.gen(function* () {
    const parent = yield* Effect.scope
    let current: Opened | undefined
    let line: Line | undefined
    let muted = options.muted

    const close = Effect.suspend(() => {
      const scope = current?.scope
      current = undefined
      options.levels.person = silence
      return scope === undefined ? Effect.void : Scope.close(scope, Exit.void)
    })

    const carry = (opened: Opened) =>
      Effect.gen(function* () {
        if (opened.carrying !== undefined) yield* Scope.close(opened.carrying, Exit.void)
        opened.carrying = undefined
        if (line === undefined) return
        opened.carrying = yield* Scope.fork(opened.scope, ExecutionStrategy.sequential)
        yield* Scope.extend(line.carry(opened.microphone), opened.carrying)
        line.setMuted(muted)
      })

    const use = (opened: Opened) =>
      Effect.gen(function* () {
        const { microphone, scope } = opened
        microphone.setMuted(muted)
        yield* carry(opened)
        current = opened
        options.levels.person = microphone.level
        options.changed({ _tag: "On" })
        yield* microphone.lost.pipe(
          Effect.zipRight(Effect.sync(() => options.changed({ _tag: "Failed", trouble: "microphone-lost" }))),
          Effect.forkIn(scope),
        )
      })

    const open = (deviceId: string | undefined) =>
      Effect.gen(function* () {
        yield* close
        options.changed({ _tag: "Opening" })
        const scope = yield* Scope.fork(parent, ExecutionStrategy.sequential)
        yield* openMicrophone(deviceId).pipe(
          Scope.extend(scope),
          Effect.flatMap((microphone) => use({ scope, microphone, carrying: undefined })),
          Effect.mapError(troubleOf),
          Effect.tapError((trouble) =>
            Effect.sync(() => options.changed({ _tag: "Failed", trouble })).pipe(
              Effect.zipRight(Scope.close(scope, Exit.void)),
            ),
          ),
        )
      })

    yield* Effect.addFinalizer(() => close)
    return {
      open,
      close,
      lead: (next) =>
        Effect.suspend(() => {
          line = next
          return current === undefined ? Effect.void : Effect.mapError(carry(current), troubleOf)
        }),
      setMuted: (next) => {
        muted = next
        current?.microphone.setMuted(next)
        line?.setMuted(next)
      },
    }
  })
