import { ReadableStream } from "node:stream/web"
import { llm, normalizeLanguage, stt, tts, voice } from "@livekit/agents"
import { AudioFrame } from "@livekit/rtc-node"
import { answerWords, endSilenceMillis, frameMillis, transcript, voiceRate, wordMillis } from "../load/Script.ts"
import type { TurnMeter } from "../load/TurnMeter.ts"

const unused = (): never => {
  throw new Error("the agent's own nodes are used instead")
}

/** Only here to say that there is a model, a recogniser and a voice: the agent below is all three. */
export class NamedLlm extends llm.LLM {
  label(): string {
    return "scripted"
  }
  override chat = unused
}
export class NamedStt extends stt.STT {
  label = "scripted"
  protected override _recognize = unused
  override stream = unused
  constructor() {
    super({ streaming: true, interimResults: true })
  }
}
export class NamedTts extends tts.TTS {
  label = "scripted"
  override synthesize = unused
  override stream = unused
  constructor() {
    super(voiceRate, 1, { streaming: true })
  }
}

const said: [stt.SpeechData] = [
  { text: transcript, language: normalizeLanguage("en"), startTime: 0, endTime: 1, confidence: 1 },
]

/** Instant nodes: any sound is speech, silence after it brings the transcript, every word is one chunk of audio. */
export class ScriptedAgent extends voice.Agent {
  private readonly meter: TurnMeter

  constructor(meter: TurnMeter) {
    super({ instructions: "Say hello." })
    this.meter = meter
  }

  override async sttNode(audio: ReadableStream<AudioFrame> | AsyncIterable<AudioFrame>) {
    const { meter } = this
    let silentMillis = endSilenceMillis
    return new ReadableStream<stt.SpeechEvent | string>({
      start: async (events) => {
        for await (const frame of audio) {
          const wasSpeaking = silentMillis < endSilenceMillis
          silentMillis = frame.data.some((sample) => sample !== 0) ? 0 : silentMillis + frameMillis
          const isSpeaking = silentMillis < endSilenceMillis
          if (isSpeaking && !wasSpeaking) events.enqueue({ type: stt.SpeechEventType.START_OF_SPEECH })
          if (isSpeaking || !wasSpeaking) continue
          meter.transcribed()
          events.enqueue({ type: stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives: said })
          events.enqueue({ type: stt.SpeechEventType.END_OF_SPEECH, alternatives: said })
        }
        events.close()
      },
    })
  }

  override async llmNode() {
    return new ReadableStream<string>({
      start: (words) => {
        for (const word of answerWords) words.enqueue(word)
        words.close()
      },
    })
  }

  override async ttsNode(text: ReadableStream<string> | AsyncIterable<string>) {
    return new ReadableStream<AudioFrame>({
      start: async (frames) => {
        for await (const word of text) {
          const samples = new Int16Array((voiceRate * wordMillis) / 1_000).fill(word.length)
          frames.enqueue(new AudioFrame(samples, voiceRate, 1, samples.length))
        }
        frames.close()
      },
    })
  }
}
