import { Effect, Fiber, Mailbox, Option, type Scope } from "effect"
import type { Turn } from "../../domain/analytics/Turn.ts"
import type { LeaveReason } from "../../domain/conversation/Conversation.ts"
import type { Message } from "../../domain/conversation/Message.ts"
import {
  type HookContext,
  type HookError,
  type HookHandlers,
  type HookOutcome,
  LifecycleHooks,
  type Participant,
} from "../../domain/hook/LifecycleHooks.ts"
import { within } from "../../domain/Within.ts"

/** Calls that wait because hooks are slower than the talk. An hour of lively talk is about 3,000. */
const waitingMax = 10_000

export interface HookQueue {
  readonly joined: Effect.Effect<void>
  readonly connected: (participant: Participant) => Effect.Effect<void>
  readonly message: (message: Message) => Effect.Effect<void>
  readonly turn: (turn: Turn) => Effect.Effect<void>
  /**
   * Takes no more calls, waits for those that wait, and calls `onRoomLeft` last, each for at most `millisMax`. A hook that
   * is too slow for that costs the calls behind it, whose messages are told as not stored, but never this last one.
   */
  readonly close: (reason: LeaveReason, millisMax: number) => Effect.Effect<void>
}

export interface HookQueueEvents {
  /** Whether the message is durable now. */
  readonly onMessage: (message: Message, stored: boolean) => Effect.Effect<void>
  /** A hook with `abort` failed. */
  readonly onAbort: (error: HookError) => Effect.Effect<void>
}

interface Call {
  readonly work: Effect.Effect<void>
  /** When there is no time or room for it. */
  readonly otherwise: Effect.Effect<void>
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
    const calls = yield* Mailbox.make<Call>(waitingMax)
    let current: Call | undefined

    const next = Effect.flatMap(calls.take, (call) => {
      current = call
      return Effect.catchAllCause(call.work, (cause) => Effect.logError("a call of the hooks broke", cause))
    })
    const worker = yield* Effect.forever(next).pipe(
      Effect.catchTag("NoSuchElementException", () => Effect.sync(() => void (current = undefined))),
      Effect.forkScoped,
    )

    const run = (event: keyof HookHandlers, call: Parameters<typeof hooks.run>[1]) =>
      hooks.run(event, call).pipe(Effect.catchAll((error) => Effect.as(events.onAbort(error), undefined)))
    const add = (work: Effect.Effect<unknown>, otherwise: Effect.Effect<void> = Effect.void) =>
      Effect.suspend(() =>
        calls.unsafeOffer({ work: Effect.asVoid(work), otherwise })
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
      close: Effect.fnUntraced(function* (reason, millisMax) {
        yield* calls.end
        if (Option.isNone(yield* within(millisMax)(Fiber.await(worker)))) {
          yield* Fiber.interruptFork(worker)
          const left = [...(current === undefined ? [] : [current]), ...(yield* calls.clear)]
          yield* Effect.logError(`hooks were too slow: ${left.length} calls were given up at the end of a conversation`)
          yield* Effect.forEach(left, ({ otherwise }) => otherwise, { discard: true })
        }
        yield* within(millisMax)(run("onRoomLeft", (hook) => hook.onRoomLeft?.(context, reason)))
      }),
    }
  })
