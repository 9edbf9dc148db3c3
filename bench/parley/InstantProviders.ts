import { Effect, Layer, Stream } from "effect"
import { ChatPart, LanguageModel } from "../../src/domain/llm/LanguageModel.ts"
import { SpeechToText, TranscriptEvent } from "../../src/domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../../src/domain/speech/TextToSpeech.ts"
import { TurnDetector } from "../../src/domain/speech/TurnDetector.ts"
import { answerWords, transcript, voiceRate, wordMillis } from "../load/Script.ts"
import type { TurnMeter } from "../load/TurnMeter.ts"

/** Understands the same words in every segment as soon as it ends, and tells the meter when it hands them over. */
export const speechToText = (meter: TurnMeter) =>
  Layer.succeed(SpeechToText, {
    name: "instant",
    transcribe: (audio) =>
      Stream.concat(
        Stream.drain(audio),
        Stream.fromEffect(
          Effect.sync(() => {
            meter.transcribed()
            return TranscriptEvent.Final({ text: transcript, confidence: 1 })
          }),
        ),
      ),
  })

export const turnDetector = Layer.succeed(TurnDetector, { name: "instant", finished: () => Effect.succeed(0.9) })

const parts: ReadonlyArray<ChatPart> = [
  ...answerWords.map((text) => ChatPart.TextDelta({ text })),
  ChatPart.Finish({ reason: "stop", inputTokens: 10, outputTokens: answerWords.length }),
]

export const languageModel = Layer.succeed(LanguageModel, {
  name: "instant",
  chat: () => Stream.fromIterable(parts),
})

/** Every word is one chunk; the samples differ from silence. */
export const textToSpeech = Layer.succeed(TextToSpeech, {
  name: "instant",
  voices: ["instant"],
  synthesize: ({ text }) =>
    Stream.suspend(() =>
      Stream.fromIterable(
        text.split(" ").map((word, index) => ({
          frame: {
            samples: new Int16Array((voiceRate * wordMillis) / 1_000).fill(word.length),
            sampleRate: voiceRate,
          },
          words: [{ word, startMillis: index * wordMillis, endMillis: (index + 1) * wordMillis }],
        })),
      ),
    ),
})
