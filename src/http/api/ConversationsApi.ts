import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import { Schema } from "effect"
import { Turn } from "../../domain/analytics/Turn.ts"
import { Conversation, ConversationId, ConversationSummary } from "../../domain/conversation/Conversation.ts"
import { Message } from "../../domain/conversation/Message.ts"
import { Authentication } from "./Authentication.ts"
import { NotFound, ServiceUnavailable } from "./Errors.ts"

export const ConversationPage = Schema.Struct({
  items: Schema.Array(ConversationSummary),
  /** Hand it back as `cursor` for the next page; null: this was the last one. */
  next: Schema.NullOr(Schema.String),
})

export const ConversationDetail = Schema.Struct({
  conversation: Conversation,
  /** In the order in which they were said; at most the newest 1,000. */
  messages: Schema.Array(Message),
  turns: Schema.Array(Turn),
})

const byId = Schema.Struct({ id: ConversationId })

export class ConversationsGroup extends HttpApiGroup.make("conversations")
  .add(
    HttpApiEndpoint.get("list", "/conversations")
      .setUrlParams(
        Schema.Struct({
          limit: Schema.optionalWith(Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, 100)), {
            default: () => 20,
          }),
          cursor: Schema.optionalWith(Schema.String.pipe(Schema.maxLength(200)), { as: "Option" }),
        }),
      )
      .addSuccess(ConversationPage),
  )
  .add(HttpApiEndpoint.get("get", "/conversations/:id").setPath(byId).addSuccess(ConversationDetail).addError(NotFound))
  .add(HttpApiEndpoint.del("remove", "/conversations/:id").setPath(byId).addError(NotFound))
  .addError(ServiceUnavailable)
  .middleware(Authentication) {}
