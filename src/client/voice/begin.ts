import { Effect } from "effect"
import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import type * as TalkApi from "../../http/api/TalkApi.ts"
import { type ApiFailure, ask } from "../api/ask.ts"
import type { ParleyClient } from "../api/ParleyClient.ts"
import { entriesOf } from "../conversation/entriesOf.ts"
import type { ConversationAction } from "../conversation/ConversationAction.ts"
import type { Trouble } from "../conversation/Trouble.ts"
import { newMessageId } from "./newMessageId.ts"

/** The way into a conversation. */
export interface Begun {
  readonly conversationId: ConversationId | undefined
  readonly over: "livekit" | "websocket"
  readonly join: TalkApi.Join
  /** The person was in it before. */
  readonly isReturn: boolean
}

/** The transcript of a conversation that goes on comes from the store; without an answer by then it begins without. */
const storedWithin = "3 seconds"

const troubles: Record<ApiFailure["reason"], Trouble> = {
  full: "full",
  "signed-out": "signed-out",
  "not-found": "not-resumable",
  unreachable: "server-gone",
}

const begunOf = ({ conversationId, join }: TalkApi.Begun, isReturn: boolean): Begun => ({
  conversationId: conversationId ?? undefined,
  over: join._tag === "LiveKit" ? "livekit" : "websocket",
  join,
  isReturn,
})

/** A new conversation. An answer that was lost is asked for once more: the key makes it the same conversation. */
export const anew = (record: boolean, over: "any" | "websocket"): Effect.Effect<Begun, Trouble, ParleyClient> =>
  Effect.suspend(() => {
    const headers = { "idempotency-key": newMessageId() }
    return ask((client) => client.talk.begin({ headers, payload: { record, over } })).pipe(
      Effect.retry({ times: 1, while: ({ reason }) => reason === "unreachable" }),
    )
  }).pipe(
    Effect.map((begun) => begunOf(begun, false)),
    Effect.mapError(({ reason }) => troubles[reason]),
  )

/** A new way into a conversation that goes on. */
export const rejoin = (id: ConversationId): Effect.Effect<Begun, ApiFailure, ParleyClient> =>
  ask((client) => client.talk.join({ path: { id } })).pipe(
    Effect.map((begun) => begunOf({ ...begun, conversationId: id }, true)),
  )

/** Back into a conversation, with what was said in it until now. */
export const again = (
  id: ConversationId,
  dispatch: (action: ConversationAction) => void,
): Effect.Effect<Begun, Trouble, ParleyClient> => {
  const restore = ask((client) => client.conversations.get({ path: { id } })).pipe(
    Effect.map(({ messages, turns }) => dispatch({ _tag: "Restored", entries: entriesOf(messages, turns) })),
    Effect.timeout(storedWithin),
    Effect.ignore,
  )
  return Effect.zipLeft(rejoin(id), restore, { concurrent: true }).pipe(
    Effect.mapError(({ reason }) => troubles[reason]),
  )
}

/** The person leaves for good. A conversation that is not told so ends by itself, later. */
export const leave = (id: ConversationId): Effect.Effect<void, never, ParleyClient> =>
  Effect.ignore(ask((client) => client.talk.leave({ path: { id } })))
