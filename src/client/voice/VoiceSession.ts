import { Deferred, Effect, type Queue, type Scope } from "effect"
import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import type { ParleyClient } from "../api/ParleyClient.ts"
import type { ConversationAction } from "../conversation/ConversationAction.ts"
import type { Trouble } from "../conversation/Trouble.ts"
import * as begin from "./begin.ts"
import type { Command } from "./Command.ts"
import type { Levels } from "./Levels.ts"
import type { WayClosed } from "./Line.ts"
import { makeMicrophoneSwitch, type MicrophoneSwitch } from "./MicrophoneSwitch.ts"
import { type Holder, obey } from "./obey.ts"
import { openLine } from "./openLine.ts"
import { Outbox } from "./Outbox.ts"

/** A new conversation, or one that this window was in before. */
export type Entry =
  | { readonly _tag: "New"; readonly record: boolean }
  | { readonly _tag: "Return"; readonly conversationId: ConversationId; readonly muted: boolean }

export interface SessionOptions {
  readonly entry: Entry
  /** Undefined: typing only, until `UseMicrophone`. */
  readonly microphone: { readonly deviceId: string | undefined } | undefined
  readonly commands: Queue.Dequeue<Command>
  readonly levels: Levels
  /** Set while there is something to unlock. */
  readonly sound: { unlock: () => void }
  readonly dispatch: (action: ConversationAction) => void
}

/** Talks over the way that the server gave. */
const hold = (options: SessionOptions, holder: Holder, microphone: MicrophoneSwitch, begun: begin.Begun) =>
  Effect.gen(function* () {
    const line = yield* openLine({ ...options, outbox: holder.outbox, begun })
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        holder.line = line
        options.sound.unlock = line.unlock
      }),
      () =>
        Effect.sync(() => {
          holder.line = undefined
          options.sound.unlock = () => undefined
        }),
    )
    yield* microphone.lead(line)
    yield* line.talk
  }).pipe(Effect.scoped)

/** A plain connection that never comes about either leaves the network's trouble as the one to tell of. */
const plainly = (
  options: SessionOptions,
  holder: Holder,
  microphone: MicrophoneSwitch,
  begun: begin.Begun,
  reason: WayClosed["reason"],
) =>
  Effect.suspend(() => {
    let welcomed = false
    const dispatch = (action: ConversationAction) => {
      welcomed ||= action._tag === "Received"
      options.dispatch(action)
    }
    return hold({ ...options, dispatch }, holder, microphone, begun).pipe(
      Effect.mapError((trouble) => (trouble === "server-gone" && !welcomed ? (`media-${reason}` as const) : trouble)),
    )
  })

/** Where the media server cannot be talked through, a plain connection takes its place; both are told. */
const converse = (options: SessionOptions, holder: Holder, microphone: MicrophoneSwitch) =>
  Effect.gen(function* () {
    const { entry } = options
    const begun = yield* entry._tag === "New"
      ? begin.anew(entry.record, "any")
      : begin.again(entry.conversationId, options.dispatch)
    options.dispatch({ _tag: "Begun", ...begun })
    yield* hold(options, holder, microphone, begun).pipe(
      Effect.catchTag("WayClosed", ({ reason }) =>
        Effect.gen(function* () {
          if (begun.conversationId !== undefined) yield* Effect.forkDaemon(begin.leave(begun.conversationId))
          const instead = yield* begin.anew(entry._tag === "New" && entry.record, "websocket")
          if (instead.over === "livekit") return yield* Effect.fail<Trouble>(`media-${reason}`)
          options.dispatch({ _tag: "Begun", ...instead })
          options.dispatch({ _tag: "FellBack", reason })
          yield* plainly(options, holder, microphone, instead, reason)
        }),
      ),
      Effect.catchTag("WayClosed", ({ reason }) => Effect.fail<Trouble>(`media-${reason}`)),
    )
  })

const talk = (options: SessionOptions): Effect.Effect<void, Trouble, Scope.Scope | ParleyClient> =>
  Effect.gen(function* () {
    const left = yield* Deferred.make<void>()
    const holder: Holder = { line: undefined, outbox: new Outbox() }
    const microphone = yield* makeMicrophoneSwitch({
      levels: options.levels,
      muted: options.entry._tag === "Return" && options.entry.muted,
      changed: (microphone) => options.dispatch({ _tag: "MicrophoneChanged", microphone }),
    })
    yield* Effect.forkScoped(Effect.forever(obey(options, holder, microphone, left)))
    const conversation = Effect.gen(function* () {
      if (options.microphone !== undefined) yield* microphone.open(options.microphone.deviceId)
      options.dispatch({ _tag: "Reaching" })
      yield* converse(options, holder, microphone)
    })
    yield* Effect.raceFirst(conversation, Deferred.await(left))
  })

/** A conversation from the person's start to its end, whatever the end is; every outcome is told by `dispatch`. Interrupting it lets go of everything. */
export const voiceSession = (options: SessionOptions): Effect.Effect<void, never, ParleyClient> =>
  Effect.scoped(talk(options)).pipe(
    Effect.catchAll((trouble) => Effect.sync(() => options.dispatch({ _tag: "Failed", trouble }))),
    Effect.catchAllCause((cause) =>
      Effect.zipRight(
        Effect.logError("the voice session broke", cause),
        Effect.sync(() => options.dispatch({ _tag: "Failed", trouble: "internal" })),
      ),
    ),
  )
