import { initializeLogger, type llm, mergeFrames, normalizeLanguage, stt, tts, voice } from "@livekit/agents"
import { AudioFrame } from "@livekit/rtc-node"
import { Effect, Option, Runtime, Stream } from "effect"
import { ReadableStream } from "node:stream/web"
import { ChatMessage, LanguageModel } from "../../src/domain/llm/LanguageModel.ts"
import { SpeechToText } from "../../src/domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../../src/domain/speech/TextToSpeech.ts"
import { inputRate } from "../load/Script.ts"
import { PushedInput, TimedOutput } from "../peer/AgentAudio.ts"
import { NamedLlm } from "../peer/ScriptedAgent.ts"
import type { Clip } from "./Clips.ts"
import { recite } from "./Recital.ts"
import type { Recited } from "./SpeechResult.ts"

type Ports = SpeechToText | LanguageModel | TextToSpeech
const language = "en"

/** The same recogniser as ours, as one without streaming: the session cuts segments by its own detector. */
class EmbeddedStt extends stt.STT {
  label = "embedded"
  private readonly runtime: Runtime.Runtime<Ports>

  constructor(runtime: Runtime.Runtime<Ports>) {
    super({ streaming: false, interimResults: false })
    this.runtime = runtime
  }

  protected override async _recognize(buffer: AudioFrame | Array<AudioFrame>): Promise<stt.SpeechEvent> {
    const { data, sampleRate } = mergeFrames(buffer)
    const text = await Effect.flatMap(SpeechToText, ({ transcribe }) =>
      transcribe(Stream.make({ samples: data, sampleRate }), { language }).pipe(
        Stream.filterMap((event) => (event._tag === "Final" ? Option.some(event.text) : Option.none())),
        Stream.runCollect,
        Effect.map((texts) => Array.from(texts).join(" ")),
      ),
    ).pipe(Runtime.runPromise(this.runtime))
    const said = { text, language: normalizeLanguage(language), startTime: 0, endTime: 0, confidence: 1 }
    return { type: stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives: [said] }
  }

  override stream(): never {
    throw new Error("not a streaming recogniser")
  }
}

class EmbeddedSpeechStream extends tts.ChunkedStream {
  label = "embedded"
  private readonly runtime: Runtime.Runtime<Ports>

  constructor(text: string, owner: EmbeddedTts, runtime: Runtime.Runtime<Ports>) {
    super(text, owner)
    this.runtime = runtime
  }

  protected override async run(): Promise<void> {
    const put = (frame: AudioFrame) => this.queue.put({ requestId: "", segmentId: "", frame, final: false })
    await Effect.flatMap(TextToSpeech, ({ synthesize }) =>
      Stream.runForEach(synthesize({ text: this.inputText, language }), ({ frame: { sampleRate, samples } }) =>
        Effect.sync(() => put(new AudioFrame(samples, sampleRate, 1, samples.length))),
      ),
    ).pipe(Runtime.runPromise(this.runtime))
    this.queue.close()
  }
}

/** The same voice as ours, a sentence at a time: the session cuts sentences itself. */
class EmbeddedTts extends tts.TTS {
  label = "embedded"
  private readonly runtime: Runtime.Runtime<Ports>

  constructor(runtime: Runtime.Runtime<Ports>) {
    super(inputRate, 1, { streaming: false })
    this.runtime = runtime
  }

  override synthesize(text: string): tts.ChunkedStream {
    return new EmbeddedSpeechStream(text, this, this.runtime)
  }

  override stream(): never {
    throw new Error("not a streaming voice")
  }
}

/** The same language model as ours. */
class RulesAgent extends voice.Agent {
  private readonly runtime: Runtime.Runtime<Ports>

  constructor(runtime: Runtime.Runtime<Ports>) {
    super({ instructions: "You are a voice assistant." })
    this.runtime = runtime
  }

  override async llmNode(context: llm.ChatContext) {
    const messages = context.items.flatMap((item) =>
      item.type === "message" && item.role === "user" ? [ChatMessage.User({ text: item.textContent ?? "" })] : [],
    )
    const deltas = Stream.unwrap(
      Effect.map(LanguageModel, ({ chat }) => chat({ messages, tools: [], outputTokensMax: 600 })),
    ).pipe(Stream.filterMap((part) => (part._tag === "TextDelta" ? Option.some(part.text) : Option.none())))
    const words: AsyncIterable<string> = Stream.toAsyncIterableRuntime(deltas, this.runtime)
    return ReadableStream.from(words)
  }
}

export const prepare = Effect.sync(() => initializeLogger({ pretty: false, level: "warn" }))

/** A session as it is by default: its own Silero detector, its own end-of-turn model, its own endpointing delays. */
const open = (runtime: Runtime.Runtime<Ports>, output: TimedOutput) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const session = new voice.AgentSession({
        stt: new EmbeddedStt(runtime),
        llm: new NamedLlm(),
        tts: new EmbeddedTts(runtime),
      })
      const input = new PushedInput()
      session.input.audio = input
      session.output.audio = output
      await session.start({ agent: new RulesAgent(runtime), record: false })
      return { session, hear: (samples: Int16Array) => input.push(samples) }
    }),
    ({ session }) => Effect.promise(() => session.close()),
  )

export const say = Effect.fnUntraced(function* (clip: Clip) {
  const runtime = yield* Effect.runtime<Ports>()
  const heard = yield* recite(clip, (observer) => open(runtime, new TimedOutput(observer)))
  const recited: Recited = { clip: clip.name, millis: heard.millis ?? null, cutIn: heard.cutIn, stages: null }
  return recited
})
