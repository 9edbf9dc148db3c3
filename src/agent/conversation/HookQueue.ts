import { Effect, Mailbox, Option, type Scope, Stream } from "effect"
import type { Turn } from "../../domain/analytics/Turn.ts"
import type { EndReason } from "../../domain/conversation/Conversation.ts"
import type { Message } from "../../domain/conversation/Message.ts"
import {
  type HookContext,
  type HookError,
  type HookHandlers,
  type HookOutcome,
  LifecycleHooks,
  type Participant,
} from "../../domain/hook/LifecycleHooks.ts"

/** Calls that wait because hooks are slower than the talk. An hour of lively talk is about 3,000. */
const waitingMax = 10_000

export interface HookQueue {
  readonly joined: Effect.Effect<void>
  readonly connected: (participant: Participant) => Effect.Effect<void>
  readonly message: (message: Message) => Effect.Effect<void>
  readonly turn: (turn: Turn) => Effect.Effect<void>
  readonly left: (reason: EndReason) => Effect.Effect<void>
  /** Takes no more calls and waits until all are done. */
  readonly drain: Effect.Effect<void>
}

export interface HookQueueEvents {
  /** Whether the message is durable now. */
  readonly onMessage: (message: Message, stored: boolean) => Effect.Effect<void>
  /** A hook with `abort` failed. */
  readonly onAbort: (error: HookError) => Effect.Effect<void>
}

const isStored = (outcomes: ReadonlyArray<HookOutcome>): boolean => {
  const stores = outcomes.filter(({ hook }) => hook.storesMessages === true)
  return stores.length > 0 && stores.every(({ error }) => Option.isNone(error))
}

/**
 * Runs the lifecycle hooks of one conversation beside it, in order, one event at a time. Adding a call never waits, so that
 * no hook can hold up the voice; this queue is also where messages wait while the store is away.
 */
export const make = (
  context: HookContext,
  events: HookQueueEvents,
): Effect.Effect<HookQueue, never, LifecycleHooks | Scope.Scope> =>
  Effect.gen(function* () {
    const hooks = yield* LifecycleHooks
    const calls = yield* Mailbox.make<Effect.Effect<void>>(waitingMax)
    const done = yield* Effect.makeLatch(false)

    yield* Mailbox.toStream(calls).pipe(
      Stream.runForEach((call) =>
        Effect.catchAllCause(call, (cause) => Effect.logError("a call of the hooks broke", cause)),
      ),
      Effect.ensuring(done.open),
      Effect.forkScoped,
    )

    const run = (event: keyof HookHandlers, call: Parameters<typeof hooks.run>[1]) =>
      hooks.run(event, call).pipe(Effect.catchAll((error) => Effect.as(events.onAbort(error), undefined)))
    const add = (call: Effect.Effect<unknown>, otherwise: Effect.Effect<void> = Effect.void) =>
      Effect.suspend(() =>
        calls.unsafeOffer(Effect.asVoid(call))
          ? Effect.void
          : Effect.zipRight(Effect.logError(`${waitingMax} hook calls are waiting; one was dropped`), otherwise),
      )

    return {
      joined: add(run("onRoomJoined", (hook) => hook.onRoomJoined?.(context))),
      connected: (participant) =>
        add(run("onParticipantConnected", (hook) => hook.onParticipantConnected?.(context, participant))),
      message: (message) =>
        add(
          Effect.flatMap(
            run("onMessageReceived", (hook) => hook.onMessageReceived?.(context, message)),
            (outcomes) => events.onMessage(message, outcomes !== undefined && isStored(outcomes)),
          ),
          events.onMessage(message, false),
        ),
      turn: (turn) => add(run("onConversationTurn", (hook) => hook.onConversationTurn?.(context, turn))),
      left: (reason) => add(run("onRoomLeft", (hook) => hook.onRoomLeft?.(context, reason))),
      drain: Effect.zipRight(calls.end, done.await),
    }
  })
