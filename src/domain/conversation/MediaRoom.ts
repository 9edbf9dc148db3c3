import { Option, Schema } from "effect"
import { Conversation, ConversationId } from "./Conversation.ts"
import { roomPrefix } from "./NewConversation.ts"

const decodeId = Schema.decodeUnknownOption(ConversationId)

/** Whose room this is, by its name on the media server. None: no room of ours. */
export const conversationOfRoom = (name: string): Option.Option<ConversationId> =>
  name.startsWith(roomPrefix) ? decodeId(name.slice(roomPrefix.length)) : Option.none()

/** The same conversation, marked as one in a room of the media server, with what the person said to being recorded. */
export const inMediaRoom = (conversation: Conversation, record: boolean): Conversation =>
  new Conversation({ ...conversation, metadata: { ...conversation.metadata, media: "livekit", record } })

/** False: its sound goes over a WebSocket, and the process at its end is all that knows of it. */
export const isInMediaRoom = ({ metadata }: Conversation): boolean => metadata["media"] === "livekit"

/** Whoever has not said yes has said no. */
export const mayRecord = ({ metadata }: Conversation): boolean => metadata["record"] === true
