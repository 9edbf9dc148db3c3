import { Effect, Schema, TestClock } from "effect"
import type { Socket, VoiceConnection } from "../../../src/domain/media/VoiceGateway.ts"
import { ClientMessage, ServerMessage } from "../../../src/domain/media/VoiceProtocol.ts"

const decode = Schema.decodeUnknownSync(Schema.parseJson(ServerMessage))
const encode = Schema.encodeSync(Schema.parseJson(ClientMessage))

const playStepMillis = 20
const reportMillis = 50

/** A page of the voice protocol without a browser: one player over however many sockets it opens. */
export class FakePage {
  readonly messages: Array<ServerMessage> = []
  readonly closes: Array<readonly [code: number, reason: string]> = []
  /** The page hears, but tells nothing. */
  reports = true
  /** What the next sends answer. */
  hasRoom = true
  connection: VoiceConnection | undefined
  played = 0
  #generation = 0
  #playedOfGeneration = 0
  #waiting = 0
  #sinceReport = 0

  readonly sampleRate: number

  constructor(sampleRate: number) {
    this.sampleRate = sampleRate
  }

  /** A new socket; what the one before still gets is no longer looked at. */
  socket(): Socket {
    return {
      send: (data) => {
        if (typeof data === "string") this.#receive(decode(data))
        else this.#hear(data)
        return this.hasRoom
      },
      close: (code, reason) => void this.closes.push([code, reason]),
    }
  }

  get waiting() {
    return this.#waiting
  }

  get generation() {
    return this.#generation
  }

  last<Tag extends ServerMessage["_tag"]>(tag: Tag): Extract<ServerMessage, { _tag: Tag }> | undefined {
    return this.all(tag).at(-1)
  }

  all<Tag extends ServerMessage["_tag"]>(tag: Tag): Array<Extract<ServerMessage, { _tag: Tag }>> {
    return this.messages.filter((message): message is Extract<ServerMessage, { _tag: Tag }> => message._tag === tag)
  }

  send(message: ClientMessage) {
    this.connection?.received(encode(message))
  }

  report(generation = this.#generation, samples = this.#playedOfGeneration) {
    this.send({ _tag: "Played", generation, samples })
  }

  #receive(message: ServerMessage) {
    this.messages.push(message)
    if (message._tag !== "Stop") return
    const [generation, samples] = [this.#generation, this.#playedOfGeneration]
    this.#generation = message.generation
    this.#playedOfGeneration = this.#waiting = 0
    if (this.reports) this.report(generation, samples)
  }

  #hear(data: Uint8Array) {
    const generation = new DataView(data.buffer, data.byteOffset).getUint32(0, true)
    if (generation === this.#generation) this.#waiting += (data.byteLength - 4) / 2
  }

  play(millis: number) {
    const samples = Math.min(this.#waiting, (millis * this.sampleRate) / 1000)
    this.#waiting -= samples
    this.#playedOfGeneration += samples
    this.played += samples
    this.#sinceReport += millis
    const due = this.#sinceReport >= reportMillis || this.#waiting === 0
    if (!this.reports || samples === 0 || !due) return
    this.#sinceReport = 0
    this.report()
  }

  /** Test time goes by while the page plays. */
  pass(millis: number): Effect.Effect<void> {
    if (millis <= 0) return Effect.void
    const step = Math.min(millis, playStepMillis)
    return TestClock.adjust(step).pipe(
      Effect.zipRight(Effect.sync(() => this.play(step))),
      Effect.zipRight(Effect.suspend(() => this.pass(millis - step))),
    )
  }
}

/** The bytes of a frame as they go up. */
export const pcm = (samples: Int16Array): Uint8Array => new Uint8Array(samples.slice().buffer)
