import { Clock, Effect, Fiber, type Scope } from "effect"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import { durationMillis, type PcmFrame } from "../../domain/speech/PcmFrame.ts"
import type { SpokenSentence } from "./HeardText.ts"

/** Audio made ahead of the voice: more than this many frames wait for the writer. At 20 to 100 ms each: 1 to 6 s. */
const framesAheadMax = 64

interface Piece {
  readonly frame: PcmFrame
  /** In samples of this answer; pieces follow each other without gaps. */
  readonly start: number
  readonly sentence: SpokenSentence | undefined
  /** Where in its sentence the piece begins, in samples. */
  readonly offset: number
}
const endOf = (piece: Piece): number => piece.start + piece.frame.samples.length

/**
 * The audio of one answer on its way to the transport: written in order by one fiber, kept until it was heard, so that a
 * pause loses nothing and what was heard is known by the sample. Pausing and cutting end the writer before they stop the
 * transport: nothing can slip out after it.
 */
export const make = (onWritten: Effect.Effect<void>): Effect.Effect<Playback, never, VoiceTransport | Scope.Scope> =>
  Effect.gen(function* () {
    const transport = yield* VoiceTransport
    const scope = yield* Effect.scope
    const available = yield* Effect.makeLatch(false)
    const room = yield* Effect.makeLatch(true)
    const finished = yield* Effect.makeLatch(false)

    /** Not yet (wholly) heard, in order; those before `next` have been written. */
    const pieces: Array<Piece> = []
    let next = 0
    let made = 0
    /** What the transport had played when this answer began. */
    let base: number | undefined
    let ended = false
    let cutOff = false
    let audibleUntil = 0
    let writer: Fiber.RuntimeFiber<void> | undefined

    const noteHeard = (position: number) => {
      for (let piece = pieces[0]; piece !== undefined && next > 0; piece = pieces[0]) {
        const heard = Math.min(position, endOf(piece)) - piece.start
        if (heard <= 0) return
        if (piece.sentence !== undefined) piece.sentence.heard = Math.max(piece.sentence.heard, piece.offset + heard)
        if (position < endOf(piece)) return
        pieces.shift()
        next--
      }
    }

    const listen = Effect.map(transport.heardSamples, (samples) => {
      if (base !== undefined) noteHeard(samples - base)
    })

    const put = (piece: Piece) =>
      Effect.gen(function* () {
        yield* transport.write(piece.frame)
        next++
        const now = yield* Clock.currentTimeMillis
        audibleUntil = Math.max(now, audibleUntil) + durationMillis(piece.frame)
        if (pieces.length - next < framesAheadMax) yield* room.open
        yield* listen
        yield* onWritten
      })

    const write = Effect.gen(function* () {
      for (;;) {
        const piece = pieces[next]
        if (piece !== undefined) {
          yield* put(piece)
        } else if (ended) {
          yield* transport.drained
          yield* listen
          return yield* finished.open
        } else {
          yield* available.close
          yield* available.await
        }
      }
    }).pipe(
      // The person is gone: nobody will hear the rest.
      Effect.catchTag("TransportClosed", () => finished.open),
      Effect.asVoid,
    )

    const halt = Effect.gen(function* () {
      if (writer !== undefined) yield* Fiber.interrupt(writer)
      writer = undefined
      if (base === undefined) return
      const heard = (yield* transport.stop) - base
      noteHeard(heard)
      const first = pieces[0]
      if (first !== undefined && next > 0 && first.start < heard)
        pieces[0] = withoutBeginning(first, heard - first.start)
      next = 0
      audibleUntil = yield* Clock.currentTimeMillis
    })

    return {
      append: (frame, sentence) =>
        Effect.gen(function* () {
          if (pieces.length - next >= framesAheadMax) yield* room.close
          yield* room.await
          const offset = sentence?.samples ?? 0
          pieces.push({ frame, start: made, sentence, offset })
          made += frame.samples.length
          if (sentence !== undefined) sentence.samples += frame.samples.length
          yield* available.open
        }),
      interject: (frames) =>
        Effect.suspend(() => {
          for (const frame of frames) {
            pieces.push({ frame, start: made, sentence: undefined, offset: 0 })
            made += frame.samples.length
          }
          return available.open
        }),
      end: Effect.suspend(() => {
        ended = true
        return available.open
      }),
      start: Effect.gen(function* () {
        if (cutOff || writer !== undefined) return
        if (base === undefined) base = yield* transport.heardSamples
        writer = yield* Effect.forkIn(write, scope)
      }),
      pause: halt,
      cut: Effect.suspend(() => {
        cutOff = true
        return Effect.zipRight(halt, finished.open)
      }).pipe(Effect.asVoid),
      finished: finished.await,
      listen,
      status: () => ({ audibleUntil, waiting: pieces.length - next, writing: writer !== undefined }),
    }
  })

const withoutBeginning = (piece: Piece, samples: number): Piece => ({
  ...piece,
  frame: { ...piece.frame, samples: piece.frame.samples.slice(samples) },
  start: piece.start + samples,
  offset: piece.offset + samples,
})

export interface Playback {
  /** Adds a frame of a sentence; waits while enough audio is ahead. */
  readonly append: (frame: PcmFrame, sentence: SpokenSentence | undefined) => Effect.Effect<void>
  /** Adds audio that belongs to no text, without waiting. */
  readonly interject: (frames: ReadonlyArray<PcmFrame>) => Effect.Effect<void>
  /** Nothing will be added any more. */
  readonly end: Effect.Effect<void>
  /** Begins, or goes on after a pause. */
  readonly start: Effect.Effect<void>
  /** Silent at once; `start` goes on at the sample where hearing ended. */
  readonly pause: Effect.Effect<void>
  /** Silent at once and for good. */
  readonly cut: Effect.Effect<void>
  /** All was heard, or it was cut, or nobody is there to hear. */
  readonly finished: Effect.Effect<void>
  /** Brings `heard` of the sentences up to date. */
  readonly listen: Effect.Effect<void>
  readonly status: () => {
    /** When the audio written so far will have been heard, in epoch milliseconds. */
    readonly audibleUntil: number
    /** Frames that are made and not yet written. */
    readonly waiting: number
    readonly writing: boolean
  }
}
