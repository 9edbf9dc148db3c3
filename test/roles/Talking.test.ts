import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Fiber, Layer, Option, Stream, TestClock } from "effect"
import { ConversationRunner } from "../../src/agent/conversation/ConversationRunner.ts"
import { Turn, TurnId } from "../../src/domain/analytics/Turn.ts"
import type { ConversationId } from "../../src/domain/conversation/Conversation.ts"
import { MessageId } from "../../src/domain/conversation/Message.ts"
import { LanguageModel } from "../../src/domain/llm/LanguageModel.ts"
import type { Transport } from "../../src/domain/media/VoiceTransport.ts"
import { SpeechToText } from "../../src/domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../../src/domain/speech/TextToSpeech.ts"
import { uuidV7 } from "../../src/domain/Uuid.ts"
import * as Wav from "../../src/infra/audio/Wav.ts"
import { converse } from "../../src/roles/Talking.ts"
import { render } from "../../src/roles/TalkReport.ts"

const messageId = MessageId.make("00000000-0000-4000-8000-000000000002")

const turn = (index: number, playout: number, conversationId: ConversationId) =>
  Effect.map(uuidV7, (id) =>
    Turn.make({
      id: TurnId.make(id),
      conversationId,
      answerId: messageId,
      index,
      startedAt: DateTime.unsafeMake("2026-01-01T00:00:00Z"),
      source: "speech",
      outcome: "answered",
      timings: {
        finalTranscript: Option.some(120),
        endpoint: Option.some(400),
        firstToken: Option.some(410),
        firstSentence: Option.some(450),
        firstAudio: Option.none(),
        playout: Option.some(playout),
      },
      speculative: true,
      deadAir: 0,
      recoveries: 0,
      speechToText: "ears",
      languageModel: "mind",
      textToSpeech: "mouth",
      inputTokens: 1,
      outputTokens: 2,
    }),
  )

/** An assistant that answers two things, one after the other, without listening. */
const answerTwice = (transport: Transport, conversationId: ConversationId) =>
  Effect.gen(function* () {
    yield* Effect.sleep("1 second")
    yield* transport.send({ _tag: "UserTranscript", messageId, text: "what is it", final: true, source: "speech" })
    for (const [index, playout] of [500, 700].entries()) {
      yield* transport.send({ _tag: "StateChanged", state: "speaking" })
      yield* Effect.repeatN(transport.write({ samples: new Int16Array(2_400).fill(5), sampleRate: 24_000 }), 4)
      yield* transport.drained
      yield* transport.send({
        _tag: "AssistantTranscript",
        messageId,
        text: `answer ${index}`,
        pending: index === 1 ? "and more" : "",
        final: true,
        interrupted: index === 1,
      })
      yield* transport.send({ _tag: "TurnEnded", turn: yield* turn(index, playout, conversationId) })
      yield* transport.send({ _tag: "StateChanged", state: "listening" })
    }
  })

const runner = Layer.succeed(ConversationRunner, {
  run: ({ context, transport }) =>
    Effect.gen(function* () {
      yield* Effect.fork(Effect.orDie(answerTwice(transport, context.conversation.id)))
      yield* Stream.runDrain(transport.inputs)
      return "left" as const
    }),
})
const engines = Layer.mergeAll(
  Layer.succeed(SpeechToText, { name: "ears", transcribe: () => Stream.dieMessage("unused") }),
  Layer.succeed(LanguageModel, { name: "mind", chat: () => Stream.dieMessage("unused") }),
  Layer.succeed(TextToSpeech, { name: "mouth", voices: [], synthesize: () => Stream.dieMessage("unused") }),
)

const format = { encoding: "integer", bitsPerSample: 16, channels: 1, sampleRate: 16_000 } as const
const recording: Wav.Recording = {
  frame: { samples: new Int16Array(16_000), sampleRate: 16_000 },
  format,
  warnings: ["it was cut"],
}

const talk = (out: Option.Option<string>) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(DateTime.unsafeMake("2026-01-01T00:00:00Z").epochMillis)
    const talking = yield* Effect.fork(converse({ file: "question.wav", recording, out }))
    yield* TestClock.adjust("6 seconds")
    return yield* Fiber.join(talking)
  }).pipe(Effect.provide(Layer.mergeAll(runner, engines)))

describe("Talking", () => {
  it.scoped("reports both sides, every turn, and percentiles over them", () =>
    Effect.gen(function* () {
      const report = yield* talk(Option.none())
      assert.strictEqual(report.endReason, "left")
      assert.deepStrictEqual(
        report.transcript.map(({ text, who }) => [who, text]),
        [
          ["person", "what is it"],
          ["assistant", "answer 0"],
          ["assistant", "answer 1"],
        ],
      )
      assert.deepStrictEqual(report.percentiles.playout, { p50: 500, p95: 700 })
      assert.isUndefined(report.percentiles.firstAudio)
      assert.deepStrictEqual(JSON.parse(JSON.stringify(report)), report)

      const text = render(report)
      assert.match(text, /^question\.wav, 1\.0 s\nears > mind > mouth\n/)
      assert.include(text, "answer 1 [interrupted; not said: and more]")
      assert.match(text, /turn +outcome +transcript +endpoint +first token +sentence +voice +heard\n/)
      assert.match(text, / 0 +answered +120 +400 +410 +450 +- +500\n/)
      assert.match(text, / p50 +120 +400 +410 +450 +- +500\n +p95 +120 +400 +410 +450 +- +700\n/)
      assert.include(text, "Note: it was cut")
    }).pipe(Effect.provide(BunContext.layer)),
  )

  it.scoped("writes what was heard, where it was heard", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const path = `${yield* files.makeTempDirectoryScoped()}/reply.wav`
      const report = yield* talk(Option.some(path))
      assert.strictEqual(report.replyFile, path)
      assert.strictEqual(report.replySeconds, 2)
      const { frame } = yield* Wav.readFile(path)
      assert.strictEqual(frame.samples.length, 32_000)
      assert.isTrue(frame.samples.slice(0, 15_900).every((sample) => sample === 0))
      assert.isTrue(frame.samples.slice(16_100, 31_900).every((sample) => sample === 5))
    }).pipe(Effect.provide(BunContext.layer)),
  )
})
