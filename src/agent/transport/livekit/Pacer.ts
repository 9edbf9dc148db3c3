import type { LiveKitPolicy } from "./LiveKitPolicy.ts"

/** What WebRTC takes a voice in. */
export const voiceFrameMillis = 10

/**
 * Holds what is to be said and hands it on in frames of 10 ms, in real time. Times are milliseconds of a clock that never
 * falls back.
 */
export interface Pacer {
  /** Takes samples of any number. */
  readonly add: (samples: Int16Array, now: number) => void
  /** Sends what is due; answers whether there is more to send. */
  readonly tick: (now: number) => boolean
  readonly hasRoom: (samples: number) => boolean
  /** Samples that are held. */
  readonly waiting: () => number
  /** Samples that were sent since the beginning. */
  readonly sent: () => number
  readonly drop: () => void
}

/**
 * After a voice, so many frames of silence. A receiver that just gets no more makes up another 200 ms of the last sound, as it does
 * for packets that were lost.
 */
const silentFrames = 6

type Bounds = Pick<LiveKitPolicy, "aheadMillisMax" | "lateFramesMax" | "lateMillisMax">

export const make = (sampleRate: number, bounds: Bounds, send: (frame: Int16Array) => void): Pacer => {
  const frameSamples = (sampleRate * voiceFrameMillis) / 1000
  const aheadSamplesMax = (sampleRate * bounds.aheadMillisMax) / 1000
  let held: Array<Int16Array> = []
  /** Of the first that is held, what was sent already. */
  let offset = 0
  let waiting = 0
  let sent = 0
  /** When the next frame is due. */
  let dueAt = 0
  /** Frames of silence still to be sent. */
  let silent = 0

  /** The next 10 ms; at the very end of what is held, filled up with silence. */
  const next = (): Int16Array => {
    const frame = new Int16Array(frameSamples)
    silent = waiting === 0 ? silent - 1 : silentFrames
    let filled = 0
    while (filled < frameSamples && held[0] !== undefined) {
      const part = held[0].subarray(offset, offset + frameSamples - filled)
      frame.set(part, filled)
      filled += part.length
      offset += part.length
      if (offset < held[0].length) continue
      held.shift()
      offset = 0
    }
    waiting -= filled
    sent += filled
    return frame
  }

  return {
    add: (samples, now) => {
      if (samples.length === 0) return
      if (waiting === 0) dueAt = Math.max(dueAt, now)
      held.push(samples)
      waiting += samples.length
    },
    tick: (now) => {
      dueAt = Math.max(dueAt, now - bounds.lateMillisMax)
      for (let frames = 0; frames < bounds.lateFramesMax && dueAt <= now; frames++) {
        if (waiting + silent === 0) return false
        dueAt += voiceFrameMillis
        send(next())
      }
      return waiting + silent > 0
    },
    hasRoom: (samples) => waiting === 0 || waiting + samples <= aheadSamplesMax,
    waiting: () => waiting,
    sent: () => sent,
    drop: () => {
      held = []
      offset = waiting = 0
    },
  }
}
