import { Effect } from "effect"
import { type Transport, TransportClosed } from "../../../domain/media/VoiceTransport.ts"
import type { PcmFrame } from "../../../domain/speech/PcmFrame.ts"
import * as Resampler from "../../../domain/speech/Resampler.ts"
import * as Pacer from "./Pacer.ts"
import { reaches, type RoomLine } from "./RoomLine.ts"
import type { Ticker } from "./Ticker.ts"

/** Frames of the voice's own rate pass as they are; others are converted, each run of one rate as a stream. */
const makeFit = (outputSampleRate: number) => {
  let from: { readonly sampleRate: number; readonly resampler: Resampler.Resampler } | undefined
  return (frame: PcmFrame): Int16Array => {
    if (frame.sampleRate === outputSampleRate) {
      from = undefined
      return frame.samples
    }
    if (from?.sampleRate !== frame.sampleRate) {
      from = { sampleRate: frame.sampleRate, resampler: Resampler.make(frame.sampleRate, outputSampleRate) }
    }
    return from.resampler.push(frame).samples
  }
}

export interface RoomVoice extends Pick<Transport, "write" | "drained" | "stop" | "heardSamples" | "outputSampleRate"> {
  /** Goes on with what waited while the person was away. */
  readonly resume: () => void
  /** Sends no more. */
  readonly end: () => void
}

/** The assistant's voice in a room. No spans: there would be one for each frame. */
export const make = (
  line: RoomLine,
  ticker: Ticker,
  outputSampleRate: number,
  capture: (samples: Int16Array) => void,
): RoomVoice => {
  const fit = makeFit(outputSampleRate)
  const pacer = Pacer.make(outputSampleRate, line.policy, capture)

  const tick = (now: number): boolean => {
    if (!reaches(line)) return false
    const more = pacer.tick(now)
    line.signal.notify()
    return more
  }

  const put = (samples: Int16Array): Effect.Effect<void, TransportClosed> =>
    Effect.suspend(() => {
      if (line.left) return Effect.fail(new TransportClosed())
      const mayGo = () => reaches(line) && pacer.hasRoom(samples.length)
      if (!mayGo()) {
        return Effect.zipRight(
          line.signal.until(() => line.left || mayGo()),
          put(samples),
        )
      }
      pacer.add(samples, ticker.now())
      ticker.add(tick)
      return Effect.void
    })

  return {
    outputSampleRate,
    write: (frame) => Effect.suspend(() => put(fit(frame))),
    drained: Effect.suspend(() =>
      Effect.zipRight(
        line.signal.until(() => line.left || pacer.waiting() === 0),
        Effect.suspend(() => (pacer.waiting() === 0 ? Effect.void : Effect.fail(new TransportClosed()))),
      ),
    ),
    stop: Effect.sync(() => {
      pacer.drop()
      line.signal.notify()
      return pacer.sent()
    }),
    heardSamples: Effect.sync(pacer.sent),
    resume: () => {
      if (pacer.waiting() > 0) ticker.add(tick)
    },
    end: () => ticker.remove(tick),
  }
}
