import { DateTime, Option, Schema } from "effect"
import { ConversationId } from "../../domain/conversation/Conversation.ts"
import { Instant } from "../../domain/Instant.ts"

const Key = Schema.Struct({ startedAt: Instant, id: ConversationId })
const Cursor = Schema.compose(Schema.StringFromBase64Url, Schema.parseJson(Key))

/** Names the last conversation of a page; the next page holds what comes after it, whatever was added or deleted since. */
export const encode = ({ id, startedAt }: typeof Key.Type): string => Schema.encodeSync(Cursor)({ id, startedAt })

/** None: this is no cursor of ours. */
export const decode = (cursor: string): Option.Option<{ readonly startedAt: Date; readonly id: ConversationId }> =>
  Option.map(Schema.decodeOption(Cursor)(cursor), ({ id, startedAt }) => ({
    id,
    startedAt: DateTime.toDateUtc(startedAt),
  }))
