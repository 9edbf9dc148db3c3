import { Clock, Effect, Random } from "effect"
import type { ConversationId } from "../../../domain/conversation/Conversation.ts"
import type { ServerWelcome } from "../../../domain/media/VoiceProtocol.ts"
import type { Trouble } from "../../conversation/Trouble.ts"
import { connection, type ConnectionOptions } from "./Connection.ts"
import { online } from "../online.ts"
import { delayMillis } from "../ReconnectPolicy.ts"

interface Wait {
  readonly attempt: number
  readonly nextTryAt: number
  readonly giveUpAt: number
}

interface Options extends Omit<ConnectionOptions, "url"> {
  readonly voiceUrl: URL
  /** The live conversation to come back to. */
  readonly resume: ConversationId | undefined
  /** Told before each wait; times in epoch milliseconds. */
  readonly waiting: (wait: Wait) => void
}

const urlOf = (voiceUrl: URL, resume: ConversationId | undefined): URL => {
  const url = new URL(voiceUrl)
  if (resume !== undefined) url.searchParams.set("resume", resume)
  return url
}

/** Comes back to the conversation as often as the connection is lost, for as long as the server waits for it. */
export const stayConnected = (options: Options): Effect.Effect<void, Trouble> =>
  Effect.gen(function* () {
    let welcome: typeof ServerWelcome.Type | undefined
    let lostAt = 0
    let attempt = 0
    for (;;) {
      const outcome = yield* Effect.scoped(
        connection({ ...options, url: urlOf(options.voiceUrl, welcome?.conversationId ?? options.resume) }),
      ).pipe(
        Effect.catchTags({
          SocketUnreachable: () => Effect.succeed({ _tag: "Unreachable" } as const),
          AudioUnavailable: () => Effect.fail<Trouble>("audio-unavailable"),
        }),
      )
      if (outcome._tag === "Over") return
      const now = yield* Clock.currentTimeMillis
      if (outcome._tag === "Lost") {
        welcome = outcome.welcome
        lostAt = now
        attempt = 0
      }
      attempt++
      const wait = delayMillis(attempt, yield* Random.next)
      const giveUpAt = lostAt + (welcome?.resumeWithinMillis ?? 0)
      if (now + wait > giveUpAt) return yield* Effect.fail<Trouble>("server-gone")
      options.waiting({ attempt, nextTryAt: now + wait, giveUpAt })
      yield* Effect.race(Effect.sleep(wait), online)
    }
  })
