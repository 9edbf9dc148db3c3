import { Effect, Layer, Stream } from "effect"
import { ChatPart, LanguageModel } from "../../../src/domain/llm/LanguageModel.ts"
import { SpeechToText, TranscriptEvent } from "../../../src/domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../../../src/domain/speech/TextToSpeech.ts"
import { TurnDetector } from "../../../src/domain/speech/TurnDetector.ts"
import * as Marks from "./Marks.ts"

const text = "This is the scripted answer."
const voiceRate = 24_000
const answerMillis = 1_000
const chunkMillis = 20

/** Understands every segment as soon as it ends, and notes when it says so. */
const speechToText = Layer.effect(
  SpeechToText,
  Effect.map(Marks.note, (note) => ({
    name: "instant",
    transcribe: (audio) =>
      Stream.concat(
        Stream.drain(audio),
        Stream.fromEffect(
          Effect.map(Marks.currentRoom, (room) => {
            note("final", room)
            return TranscriptEvent.Final({ text: "Seven of clubs.", confidence: 1 })
          }),
        ),
      ),
  })),
)

const turnDetector = Layer.succeed(TurnDetector, { name: "instant", finished: () => Effect.succeed(1) })

const parts: ReadonlyArray<ChatPart> = [
  ChatPart.TextDelta({ text }),
  ChatPart.Finish({ reason: "stop", inputTokens: 10, outputTokens: 5 }),
]
const languageModel = Layer.succeed(LanguageModel, { name: "instant", chat: () => Stream.fromIterable(parts) })

const chunk = new Int16Array((voiceRate * chunkMillis) / 1_000).map(
  (_, index) => 8_000 * Math.sin((2 * Math.PI * 500 * index) / voiceRate),
)
const chunks = Array.from({ length: answerMillis / chunkMillis }, () => ({
  frame: { samples: chunk, sampleRate: voiceRate },
  words: [],
}))
const textToSpeech = Layer.succeed(TextToSpeech, {
  name: "instant",
  voices: ["instant"],
  synthesize: () => Stream.fromIterable(chunks),
})

/** The same script as the peers': a recogniser, a model and a voice that take no time. */
export const layer = Layer.mergeAll(speechToText, turnDetector, languageModel, textToSpeech)
