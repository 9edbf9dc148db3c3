import { Data, type Effect, type Scope } from "effect"
import type { MessageId } from "../../domain/conversation/Message.ts"
import type { AudioUnavailable } from "../audio/AudioContextScope.ts"
import type { Microphone } from "../audio/Microphone.ts"
import type { ConversationAction } from "../conversation/ConversationAction.ts"
import type { Trouble } from "../conversation/Trouble.ts"
import type { Levels } from "./Levels.ts"
import type { Outbox } from "./Outbox.ts"

/**
 * This way of talking does not work from here; another one may. `blocked`: sound cannot get through the network.
 * `unreachable`: the media server cannot be reached at all.
 */
export class WayClosed extends Data.TaggedError("WayClosed")<{ readonly reason: "blocked" | "unreachable" }> {}

/** One way of talking, over a socket of our server or in a room of a media server. Calls that find no connection do nothing. */
export interface Line {
  /** Sends what this microphone hears, in the place of the one before, until the scope closes. */
  readonly carry: (microphone: Microphone) => Effect.Effect<void, AudioUnavailable, Scope.Scope>
  /** The microphone has been silenced, or is heard again: for who shows it. */
  readonly setMuted: (muted: boolean) => void
  /** Kept until it is stored, and sent again when a connection is back. False: too many wait already. */
  readonly text: (messageId: MessageId, text: string) => boolean
  readonly interrupt: () => void
  /** Tells the other side that the person leaves for good. Returns within a bound. */
  readonly leave: Effect.Effect<void>
  /** Has the browser play sound; to be called while it handles a person's gesture. */
  readonly unlock: () => void
  /** Returns when the conversation is over, which has been dispatched. */
  readonly talk: Effect.Effect<void, Trouble | WayClosed>
}

export interface LineOptions {
  readonly outbox: Outbox
  readonly levels: Levels
  readonly dispatch: (action: ConversationAction) => void
}
