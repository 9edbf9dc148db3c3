import { Clock, Effect, type Scope } from "effect"
import type { MessageId } from "../../domain/conversation/Message.ts"
import { AssistantTranscript, Notice, StateChanged } from "../../domain/media/ConversationEvent.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import type { TextToSpeech } from "../../domain/speech/TextToSpeech.ts"
import type { ConversationSettings } from "./ConversationSettings.ts"
import * as Speaking from "./Speaking.ts"
import type { TurnClock } from "./TurnClock.ts"
import type { TurnState } from "./TurnState.ts"

/** Progress of the words on the page: often enough to follow, seldom enough to cost nothing. */
const progressMillis = 150

export interface TurnVoice extends Speaking.Speaking {
  /** Tells the page how far the answer is. */
  readonly show: (final: boolean, interrupted: boolean) => Effect.Effect<void>
}

/** The voice of a turn, which tells the page what is heard and the turn's clock when it began. */
export const make = (
  messageId: MessageId,
  state: TurnState,
  clock: TurnClock,
): Effect.Effect<TurnVoice, never, VoiceTransport | TextToSpeech | ConversationSettings | Scope.Scope> =>
  Effect.gen(function* () {
    const transport = yield* VoiceTransport
    let shownAt = 0

    const onWritten = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const first = !clock.marked("playout")
      if (!first && now - shownAt < progressMillis) return
      if (first) yield* transport.send(StateChanged.make({ state: "speaking" }))
      clock.mark("playout", now)
      shownAt = now
      yield* show(false, false)
    })

    const speaking: Speaking.Speaking = yield* Speaking.make({
      onFirstAudio: clock.now("firstAudio"),
      onWritten,
      onFailure: (error) => {
        state.recoveries++
        const message = "The voice failed; the answer is written here."
        return Effect.zipRight(
          Effect.logWarning(`voice failed: ${error.message}`),
          transport.send(Notice.make({ code: "text-to-speech-failed", message })),
        )
      },
    })

    const show = (final: boolean, interrupted: boolean) =>
      Effect.flatMap(speaking.heard, ({ heard, unheard }) =>
        transport.send(AssistantTranscript.make({ messageId, text: heard, pending: unheard, final, interrupted })),
      )

    return { ...speaking, show }
  })
