import { Deferred, Effect, type Option, Stream } from "effect"
import { durationMillis, type PcmFrame } from "../domain/speech/PcmFrame.ts"

export interface AudioReplay {
  /** All the audio from its beginning, then what comes live. May be consumed several times. */
  readonly stream: Stream.Stream<PcmFrame>
  readonly ended: Deferred.Deferred<void>
}

/** A segment of speech is far shorter than this; 3.8 MB at 16 kHz. */
export const replayMillisMax = 120_000

/**
 * Keeps what was heard, so that a second recogniser hears it from the beginning when the first one fails. Beyond `millisMax` the
 * oldest audio is let go of, with a warning.
 */
export const make = Effect.fnUntraced(function* (audio: Stream.Stream<PcmFrame>, millisMax: number = replayMillisMax) {
  const ended = yield* Deferred.make<void>()
  const frames: Array<PcmFrame> = []
  // The index of `frames[0]` among all frames of the segment.
  let first = 0
  let keptMillis = 0
  let warned = false
  let arrival = yield* Deferred.make<void>()

  const keep = (frame: PcmFrame) => {
    frames.push(frame)
    keptMillis += durationMillis(frame)
    let dropped = false
    for (
      let oldest = frames[0];
      keptMillis > millisMax && frames.length > 1 && oldest !== undefined;
      oldest = frames[0]
    ) {
      frames.shift()
      first += 1
      keptMillis -= durationMillis(oldest)
      dropped = true
    }
    return dropped
  }

  const announce = Effect.gen(function* () {
    const next = yield* Deferred.make<void>()
    const arrived = arrival
    arrival = next
    yield* Deferred.succeed(arrived, undefined)
  })

  yield* audio.pipe(
    Stream.runForEach((frame) =>
      Effect.suspend(() => {
        if (!keep(frame) || warned) return Effect.void
        warned = true
        return Effect.logWarning(`a segment is longer than ${millisMax} ms: its beginning can no longer be replayed`)
      }).pipe(Effect.zipRight(announce)),
    ),
    Effect.ensuring(Effect.zipRight(Deferred.succeed(ended, undefined), announce)),
    Effect.forkScoped,
  )

  const from = (index: number): Effect.Effect<Option.Option<readonly [ReadonlyArray<PcmFrame>, number]>> =>
    Effect.suspend(() => {
      const start = Math.max(index, first)
      if (start < first + frames.length) {
        return Effect.succeedSome([frames.slice(start - first), first + frames.length] as const)
      }
      const waiting = arrival
      return Effect.flatMap(Deferred.isDone(ended), (done) =>
        done ? Effect.succeedNone : Effect.zipRight(Deferred.await(waiting), from(start)),
      )
    })

  const stream = Stream.unfoldEffect(0, from).pipe(Stream.mapConcat((batch) => batch))
  return { stream, ended } satisfies AudioReplay
})
