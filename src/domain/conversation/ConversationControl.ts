import { Context, type Effect } from "effect"

/** What a tool may do to the conversation that it is used in. Both return at once. */
export class ConversationControl extends Context.Tag("parley/domain/conversation/ConversationControl")<
  ConversationControl,
  {
    /** Says a text as soon as nobody speaks, such as a timer that ran out. At most 16 wait; more are dropped and logged. */
    readonly announce: (text: string) => Effect.Effect<void>
    /** Ends the conversation after the answer that is being given. */
    readonly end: Effect.Effect<void>
  }
>() {}
