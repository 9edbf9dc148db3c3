import { Effect } from "effect"
import type { ConversationId } from "../../../domain/conversation/Conversation.ts"
import { ask } from "../../api/ask.ts"
import type { ParleyClient } from "../../api/ParleyClient.ts"
import type { ConversationAction } from "../../conversation/ConversationAction.ts"
import type { Trouble } from "../../conversation/Trouble.ts"
import { roomPolicy } from "./RoomPolicy.ts"

/**
 * Tells where the conversation stands among those that wait, over and over. To be interrupted when an assistant comes; fails
 * when none will.
 */
export const awaitAssistant = (
  id: ConversationId,
  dispatch: (action: ConversationAction) => void,
): Effect.Effect<never, Trouble, ParleyClient> =>
  Effect.gen(function* () {
    let delay: number = roomPolicy.placeEvery
    let unknowns = 0
    for (;;) {
      const place = yield* ask((client) => client.talk.place({ path: { id } })).pipe(
        Effect.catchAll(({ reason }) =>
          Effect.succeed(reason === "not-found" ? ({ _tag: "Unknown" } as const) : undefined),
        ),
      )
      delay = place === undefined ? Math.min(2 * delay, roomPolicy.placeLongestDelay) : roomPolicy.placeEvery
      unknowns = place?._tag === "Unknown" ? unknowns + 1 : 0
      if (unknowns >= roomPolicy.unknownPlacesMax) return yield* Effect.fail<Trouble>("no-assistant")
      if (place?._tag === "Waiting") {
        const { estimateMillis, position } = place
        dispatch({ _tag: "Placed", position, estimateMillis: estimateMillis ?? undefined })
      }
      if (place?._tag === "Held") dispatch({ _tag: "Placed", position: undefined, estimateMillis: undefined })
      yield* Effect.sleep(delay)
    }
  })
