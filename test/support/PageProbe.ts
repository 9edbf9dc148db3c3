import { Effect, Option, Schema } from "effect"
import type { Page } from "playwright-core"
import type { ServerMessage } from "../../src/domain/media/VoiceProtocol.ts"
import { decodeServerMessage } from "../../src/client/voice/websocket/ServerFrame.ts"

export const soundMillis = 10

/** Root mean square of so much sound, 0 to 1, and when it ended, in milliseconds of the page's clock. */
const Sound = Schema.Struct({ at: Schema.Number, level: Schema.Number })
const Seen = Schema.Struct({
  microphone: Schema.Array(Sound),
  speaker: Schema.Array(Sound),
  messages: Schema.Array(Schema.Struct({ at: Schema.Number, text: Schema.String })),
})

export interface Told {
  readonly at: number
  readonly message: ServerMessage
}

export interface Probed {
  /** What the microphone gave to the page. */
  readonly microphone: ReadonlyArray<typeof Sound.Type>
  /** What the page gave to the speaker. */
  readonly speaker: ReadonlyArray<typeof Sound.Type>
  readonly told: ReadonlyArray<Told>
}

/**
 * Runs in the page before its own scripts and listens at the browser's own borders: what leaves the microphone's node, what
 * enters an audio context's destination, and what comes through sockets. Sound is measured on the audio thread, so that a
 * busy page makes no gaps; its clock is laid on the page's by the fastest of the messages about it.
 */
const install = () => {
  type Batch = { readonly at: number; readonly end: number; readonly levels: ReadonlyArray<number> }
  const batches: Record<"microphone" | "speaker", Array<Batch>> = { microphone: [], speaker: [] }
  const messages: Array<{ at: number; text: string }> = []
  const blockSeconds = 0.01
  const meter = `registerProcessor("probe", class extends AudioWorkletProcessor {
    sum = 0; count = 0; levels = []
    process(inputs) {
      const channel = inputs[0][0]
      for (let i = 0; i < 128; i++) {
        const sample = channel === undefined ? 0 : channel[i]
        this.sum += sample * sample
        if (++this.count < sampleRate * ${blockSeconds}) continue
        this.levels.push(Math.sqrt(this.sum / this.count))
        this.sum = this.count = 0
        if (this.levels.length < 3) continue
        this.port.postMessage({ end: currentTime + i / sampleRate, levels: this.levels })
        this.levels = []
      }
      return true
    }
  })`
  const connect = AudioNode.prototype.connect
  const tapped = new WeakSet<AudioNode>()
  const tap = async (node: AudioNode, into: Array<Batch>) => {
    if (tapped.has(node)) return
    tapped.add(node)
    const url = URL.createObjectURL(new Blob([meter], { type: "text/javascript" }))
    // A context may have the meter already: registering it twice is refused, and it is there.
    await node.context.audioWorklet.addModule(url).catch(() => undefined)
    const probe = new AudioWorkletNode(node.context, "probe")
    probe.port.addEventListener("message", ({ data }) => into.push({ at: performance.now(), ...data }))
    probe.port.start()
    Reflect.apply(connect, node, [probe])
    Reflect.apply(connect, probe, [node.context.destination])
  }
  AudioNode.prototype.connect = function (this: AudioNode, ...to: ReadonlyArray<unknown>) {
    if (this instanceof MediaStreamAudioSourceNode) void tap(this, batches.microphone)
    else if (to[0] instanceof AudioDestinationNode) void tap(this, batches.speaker)
    return Reflect.apply(connect, this, to)
  } as typeof connect
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | Array<string>) {
      super(url, protocols)
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string") messages.push({ at: performance.now(), text: data })
      })
    }
  }
  const sounds = (from: ReadonlyArray<Batch>) => {
    const near = 15
    return from.flatMap(({ end, levels }, index) => {
      const around = from.slice(Math.max(0, index - near), index + near)
      const offset = Math.min(...around.map((batch) => batch.at - batch.end * 1_000))
      return levels.map((level, nth) => ({
        at: end * 1_000 + offset - (levels.length - 1 - nth) * blockSeconds * 1_000,
        level,
      }))
    })
  }
  Object.assign(window, {
    parleyProbe: () => ({ microphone: sounds(batches.microphone), speaker: sounds(batches.speaker), messages }),
  })
}

/** To be called before the page is opened. */
export const attach = (page: Page) => Effect.promise(() => page.addInitScript(install))

/** All that was heard and told since the page was loaded. */
export const read = (page: Page): Effect.Effect<Probed> =>
  Effect.promise(() => page.evaluate("parleyProbe()")).pipe(
    Effect.flatMap(Schema.decodeUnknown(Seen)),
    Effect.orDie,
    Effect.map(({ messages, microphone, speaker }) => ({
      microphone,
      speaker,
      told: messages.flatMap(({ at, text }) =>
        Option.toArray(decodeServerMessage(text)).map((message) => ({ at, message })),
      ),
    })),
  )

/** A stretch of sound: from the end of its first 10 ms to the end of its last. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Where something sounds; pauses shorter than `pauseMillis` belong to the stretch. */
export const stretches = (
  sounds: ReadonlyArray<typeof Sound.Type>,
  { level, pauseMillis }: { readonly level: number; readonly pauseMillis: number },
): ReadonlyArray<Stretch> =>
  sounds
    .filter((sound) => sound.level >= level)
    .reduce<Array<Stretch>>((all, { at }) => {
      const last = all.at(-1)
      if (last === undefined || at - last.to > pauseMillis) all.push({ from: at, to: at })
      else all[all.length - 1] = { from: last.from, to: at }
      return all
    }, [])
