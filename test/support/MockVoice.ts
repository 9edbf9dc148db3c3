import type { ServerWebSocket } from "bun"
import { Schema } from "effect"
import { ClientMessage, ServerMessage } from "../../src/domain/media/VoiceProtocol.ts"
import { mockId } from "./MockHistory.ts"

const outputSampleRate = 24_000
const frameSamples = 480
/** Like the real one: never further ahead of what was heard than this. */
const aheadSamples = (200 / 1_000) * outputSampleRate

const decodeClient = Schema.decodeUnknownSync(Schema.parseJson(ClientMessage))
const encodeServer = Schema.encodeUnknownSync(Schema.parseJson(ServerMessage))
const decodeServer = Schema.decodeUnknownSync(ServerMessage)

export interface Seen {
  readonly messages: Array<ClientMessage>
  readonly resumes: Array<string | null>
  audioFrames: number
  /** The loudest sample heard from the microphone. */
  audioPeak: number
  /** Frame lengths in bytes that came. */
  readonly frameBytes: Record<number, number>
}

/** The voice socket of one page, driven from outside: it says what it is told and keeps what it is sent. */
export class MockVoice {
  readonly seen: Seen = { messages: [], resumes: [], audioFrames: 0, audioPeak: 0, frameBytes: {} }
  refusing = false
  resumeWithinMillis = 30_000
  #socket: ServerWebSocket<unknown> | undefined
  #generation = 0
  #sent = 0
  #played = 0
  #toneLeft = 0

  opened(socket: ServerWebSocket<unknown>, resume: string | null): void {
    this.#socket = socket
    this.seen.resumes.push(resume)
    this.send({
      _tag: "Welcome",
      protocol: 1,
      conversationId: resume ?? mockId(0x7777),
      outputSampleRate,
      resumeWithinMillis: this.resumeWithinMillis,
      resumed: resume !== null,
      languageModel: "rules",
    })
    this.send({ _tag: "StateChanged", state: "listening" })
  }

  /** Checked against the protocol, so that a test cannot script what no server would say. */
  send(message: unknown): void {
    this.#socket?.send(encodeServer(decodeServer(message)))
  }

  /** As it is, to be lenient about. */
  sendRaw(text: string): void {
    this.#socket?.send(text)
  }

  received(data: string | Buffer): void {
    if (typeof data !== "string") return this.#heard(data)
    const message = decodeClient(data)
    this.seen.messages.push(message)
    if (message._tag === "Played" && message.generation === this.#generation) {
      this.#played = message.samples
      this.#pump()
    }
    if (message._tag === "Interrupt") this.stop()
    if (message._tag === "Text") {
      this.send({
        _tag: "UserTranscript",
        messageId: message.messageId,
        text: message.text,
        final: true,
        source: "text",
      })
    }
  }

  /** Speaks a tone: 440 Hz at a quarter of full scale. */
  tone(seconds: number): void {
    this.#toneLeft = Math.round(seconds * outputSampleRate)
    this.#pump()
  }

  stop(): void {
    this.#generation += 1
    this.#sent = 0
    this.#played = 0
    this.#toneLeft = 0
    this.send({ _tag: "Stop", generation: this.#generation })
  }

  /** Forgets the sound heard so far. */
  forget(): void {
    this.seen.audioFrames = 0
    this.seen.audioPeak = 0
  }

  drop(): void {
    this.#socket?.close(1_011)
    this.#socket = undefined
  }

  #heard(data: Buffer): void {
    this.seen.audioFrames += 1
    this.seen.frameBytes[data.byteLength] = (this.seen.frameBytes[data.byteLength] ?? 0) + 1
    for (let i = 0; i + 1 < data.byteLength; i += 2) {
      this.seen.audioPeak = Math.max(this.seen.audioPeak, Math.abs(data.readInt16LE(i)))
    }
  }

  #pump(): void {
    while (this.#toneLeft > 0 && this.#sent - this.#played < aheadSamples) {
      const samples = Math.min(frameSamples, this.#toneLeft)
      const frame = Buffer.alloc(4 + 2 * samples)
      frame.writeUInt32LE(this.#generation)
      for (let i = 0; i < samples; i++) {
        const swell = 0.6 + 0.4 * Math.sin((2 * Math.PI * 3 * (this.#sent + i)) / outputSampleRate)
        frame.writeInt16LE(
          Math.round(8_192 * swell * Math.sin((2 * Math.PI * 440 * (this.#sent + i)) / outputSampleRate)),
          4 + 2 * i,
        )
      }
      this.#socket?.send(frame)
      this.#sent += samples
      this.#toneLeft -= samples
    }
  }
}
