import { Effect, Layer, Option } from "effect"
import type { ConversationRepository } from "../domain/conversation/ConversationRepository.ts"
import * as OwnConversation from "./OwnConversation.ts"
import { ConversationOver, TalkService, Way } from "./TalkService.ts"

/**
 * Without a media server: everybody talks over the voice socket, whose gateway holds the conversation. It begins when the socket opens,
 * never waits, and ends when the socket is closed for good.
 */
export const layer: Layer.Layer<TalkService, never, ConversationRepository> = Layer.effect(
  TalkService,
  Effect.map(OwnConversation.make, (own) =>
    TalkService.of({
      begin: Effect.fn("TalkService.begin")(() => Effect.succeed(Way.Socket({ resume: Option.none() }))),
      join: Effect.fn("TalkService.join")(function* (user, id) {
        const { endedAt } = yield* own(user, id)
        if (Option.isSome(endedAt)) return yield* new ConversationOver({ conversationId: id })
        return Way.Socket({ resume: Option.some(id) })
      }),
      place: Effect.fn("TalkService.place")((user, id) => Effect.as(own(user, id), { _tag: "Unknown" as const })),
      leave: Effect.fn("TalkService.leave")((user, id) => Effect.asVoid(own(user, id))),
    }),
  ),
)
