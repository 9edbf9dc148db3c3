import { Context, type Duration, type Effect, type Option, Schema, type Scope } from "effect"
import type { Turn } from "../analytics/Turn.ts"
import type { Conversation, LeaveReason } from "../conversation/Conversation.ts"
import type { Message } from "../conversation/Message.ts"
import type { Room } from "../room/Room.ts"

/** A hook did not do its work. */
export class HookError extends Schema.TaggedError<HookError>()("HookError", {
  hook: Schema.String,
  event: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `hook ${this.hook}, ${this.event}: ${this.detail}`
  }
}

/** What a hook is told of the conversation that it is called for. */
export interface HookContext {
  readonly room: Room
  readonly conversation: Conversation
  /** Grows each time that another worker takes the conversation over; what comes late from an earlier one is not stored. 0: nobody can. */
  readonly fence: number
}

export interface Participant {
  readonly identity: string
  readonly name: string
}

/** The five moments of a conversation at which other parts of a product act. */
export interface HookHandlers {
  readonly onRoomJoined?: (context: HookContext) => Effect.Effect<void, HookError>
  readonly onParticipantConnected?: (context: HookContext, participant: Participant) => Effect.Effect<void, HookError>
  readonly onMessageReceived?: (context: HookContext, message: Message) => Effect.Effect<void, HookError>
  readonly onConversationTurn?: (context: HookContext, turn: Turn) => Effect.Effect<void, HookError>
  readonly onRoomLeft?: (context: HookContext, reason: LeaveReason) => Effect.Effect<void, HookError> | undefined
}

export interface Hook extends HookHandlers {
  readonly name: string
  /** How long one call may take. */
  readonly timeout: Duration.Duration
  /** What a failure (or a timeout) does: `ignore` is logged, `abort` ends the conversation. */
  readonly onFailure: "ignore" | "abort"
  /** A message counts as stored when every hook that says so here has succeeded in `onMessageReceived`. */
  readonly storesMessages?: boolean
}

/** How one hook fared in one event. */
export interface HookOutcome {
  readonly hook: Hook
  readonly error: Option.Option<HookError>
}

/**
 * The registry. Hooks of one event run in the order of their registration, one after the other, each within its timeout;
 * an `abort` failure stops the rest of that event and is what `run` fails with. `ignore` failures are logged and part of
 * the answer. A defect of a hook counts as its failure.
 */
export class LifecycleHooks extends Context.Tag("parley/domain/hook/LifecycleHooks")<
  LifecycleHooks,
  {
    /** Registered for as long as the scope is open. */
    readonly register: (hook: Hook) => Effect.Effect<void, never, Scope.Scope>
    /** `call` answers nothing for a hook without a handler of this event. */
    readonly run: (
      event: keyof HookHandlers,
      call: (hook: Hook) => Effect.Effect<void, HookError> | undefined,
    ) => Effect.Effect<ReadonlyArray<HookOutcome>, HookError>
  }
>() {}
