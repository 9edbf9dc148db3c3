import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import { Effect, Option } from "effect"
import type { ConversationNotFound } from "../../domain/conversation/Conversation.ts"
import { ConversationService } from "../../services/ConversationService.ts"
import { CurrentUser } from "../api/Authentication.ts"
import { NotFound } from "../api/Errors.ts"
import { ParleyApi } from "../api/ParleyApi.ts"
import { unavailable } from "../middleware/Unavailable.ts"
import { currentRequestId } from "../RequestId.ts"

const notFound = ({ message }: ConversationNotFound) =>
  Effect.flatMap(currentRequestId, (requestId) => new NotFound({ code: "not_found", message, requestId }))

const translated = { ConversationNotFound: notFound, StorageError: unavailable }

export const layer = HttpApiBuilder.group(ParleyApi, "conversations", (handlers) =>
  Effect.map(ConversationService, (conversations) =>
    handlers
      .handle("list", ({ urlParams }) =>
        CurrentUser.pipe(
          Effect.flatMap((user) => conversations.list(user, urlParams)),
          Effect.map(({ items, next }) => ({ items, next: Option.getOrNull(next) })),
          Effect.catchTag("StorageError", unavailable),
        ),
      )
      .handle("get", ({ path }) =>
        CurrentUser.pipe(
          Effect.flatMap((user) => conversations.get(user, path.id)),
          Effect.catchTags(translated),
        ),
      )
      .handle("remove", ({ path }) =>
        CurrentUser.pipe(
          Effect.flatMap((user) => conversations.remove(user, path.id)),
          Effect.catchTags({ ...translated, ObjectStoreError: unavailable }),
        ),
      ),
  ),
)
