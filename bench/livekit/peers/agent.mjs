// The smallest LiveKit agent in JavaScript whose recogniser, model and voice are scripted and instant. An energy gate ends a turn
// after SILENT_MS of silence; everything else is the SDK's own default.
import { appendFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { cli, defineAgent, llm, ServerOptions, stt, tts, voice } from "@livekit/agents"
import { AudioFrame, AudioSource } from "@livekit/rtc-node"

const SILENT_MS = 100
const REPLY_MS = 1_000
const RATE = 24_000
const LOUD = 1_500
const SPOKEN = "This is the scripted answer."

let room = ""
let isAwaited = false

const note = (what) => {
  const at = performance.timeOrigin + performance.now()
  appendFileSync(process.env.BENCH_MARKS, `${JSON.stringify({ what, room, at })}\n`)
}
const isLoud = (samples) => samples.some((sample, index) => index % 4 === 0 && Math.abs(sample) > LOUD)

// The moment at which the first loud frame of an answer is handed to WebRTC.
const captureFrame = AudioSource.prototype.captureFrame
AudioSource.prototype.captureFrame = function (frame) {
  if (isAwaited && isLoud(frame.data)) {
    isAwaited = false
    note("frame")
  }
  return captureFrame.call(this, frame)
}

class ScriptedSpeechStream extends stt.SpeechStream {
  label = "scripted.stt"
  async run() {
    let speaking = false
    let quietMillis = 0
    for await (const frame of this.input) {
      if (typeof frame === "symbol") continue
      if (isLoud(frame.data)) {
        quietMillis = 0
        if (!speaking) this.queue.put({ type: stt.SpeechEventType.START_OF_SPEECH })
        speaking = true
        continue
      }
      quietMillis += (frame.samplesPerChannel * 1_000) / frame.sampleRate
      if (!speaking || quietMillis < SILENT_MS) continue
      speaking = false
      isAwaited = true
      note("final")
      const said = { text: "seven of clubs", language: "en", startTime: 0, endTime: 0, confidence: 1 }
      this.queue.put({ type: stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives: [said] })
      this.queue.put({ type: stt.SpeechEventType.END_OF_SPEECH })
    }
  }
}

class ScriptedSpeechToText extends stt.STT {
  label = "scripted.stt"
  constructor() {
    super({ streaming: true, interimResults: false })
  }
  async _recognize() {
    throw new Error("it streams only")
  }
  stream() {
    return new ScriptedSpeechStream(this)
  }
}

class ScriptedChatStream extends llm.LLMStream {
  async run() {
    this.queue.put({ id: "answer", delta: { role: "assistant", content: SPOKEN } })
  }
}

class ScriptedModel extends llm.LLM {
  label() {
    return "scripted.llm"
  }
  chat({ chatCtx, toolCtx, connOptions }) {
    const once = { maxRetry: 0, retryIntervalMs: 0, timeoutMs: 10_000 }
    return new ScriptedChatStream(this, { chatCtx, toolCtx, connOptions: connOptions ?? once })
  }
}

const FRAME = new Int16Array(RATE / 50).map((_, index) => 8_000 * Math.sin((2 * Math.PI * 500 * index) / RATE))

class ScriptedVoiceStream extends tts.SynthesizeStream {
  label = "scripted.tts"
  async run() {
    let begun = false
    for await (const text of this.input) {
      if (typeof text === "symbol" || begun) continue
      begun = true
      for (let left = REPLY_MS / 20 - 1; left >= 0; left--) {
        const frame = new AudioFrame(FRAME, RATE, 1, FRAME.length)
        this.queue.put({ requestId: "answer", segmentId: "answer", frame, final: left === 0 })
      }
    }
    this.queue.put(tts.SynthesizeStream.END_OF_STREAM)
  }
}

class ScriptedVoice extends tts.TTS {
  label = "scripted.tts"
  constructor() {
    super(RATE, 1, { streaming: true })
  }
  synthesize() {
    throw new Error("it streams only")
  }
  stream() {
    return new ScriptedVoiceStream(this)
  }
}

export default defineAgent({
  entry: async (job) => {
    room = job.job.room?.name ?? ""
    const session = new voice.AgentSession({
      stt: new ScriptedSpeechToText(),
      llm: new ScriptedModel(),
      tts: new ScriptedVoice(),
      turnHandling: { turnDetection: "stt", endpointing: { mode: "fixed", minDelay: 0, maxDelay: 0 } },
    })
    await session.start({ agent: new voice.Agent({ instructions: "scripted" }), room: job.room, record: false })
    await job.connect()
  },
})

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  cli.runApp(
    new ServerOptions({
      agent: fileURLToPath(import.meta.url),
      agentName: process.env.BENCH_AGENT,
      host: "127.0.0.1",
      port: Number(process.env.BENCH_PORT),
      // Its default is the machine's CPU, and from 0.7 on a LiveKit server dispatches nothing to it.
      loadFunc: async () => 0,
    }),
  )
}
