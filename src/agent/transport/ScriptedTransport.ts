import { Clock, Effect, Mailbox } from "effect"
import type { ConversationEvent } from "../../domain/media/ConversationEvent.ts"
import { type Transport, TransportClosed, type TransportInput } from "../../domain/media/VoiceTransport.ts"
import { durationMillis, type PcmFrame } from "../../domain/speech/PcmFrame.ts"

const aheadMillisMax = 200
const inputsWaitingMax = 4_096

/** A stretch of the voice as it was heard: when it began, and its samples. Times are epoch milliseconds. */
export interface HeardStretch {
  readonly startMillis: number
  readonly samples: Int16Array
}

/** A person made of a script: takes what they do, and remembers what they heard and when. */
export interface ScriptedPerson {
  readonly transport: Transport
  readonly act: (input: TransportInput) => Effect.Effect<void>
  readonly leave: Effect.Effect<void>
  readonly heard: () => ReadonlyArray<HeardStretch>
  readonly events: () => ReadonlyArray<{ readonly atMillis: number; readonly event: ConversationEvent }>
}

interface Playing {
  readonly startMillis: number
  readonly frame: PcmFrame
}
const endOf = ({ frame, startMillis }: Playing) => startMillis + durationMillis(frame)

/** The person's side of a conversation inside the process: an ideal listener that plays in real time by the Clock. */
export const make = (outputSampleRate: number): Effect.Effect<ScriptedPerson> =>
  Effect.gen(function* () {
    const inputs = yield* Mailbox.make<TransportInput>(inputsWaitingMax)
    const stopped = yield* Effect.makeLatch(false)
    const back = yield* Effect.makeLatch(true)
    const heard: Array<HeardStretch> = []
    const events: Array<{ readonly atMillis: number; readonly event: ConversationEvent }> = []
    /** Written and not yet wholly heard, in order. */
    let playing: Array<Playing> = []
    let heardBefore = 0
    let gone = false

    const settle = (now: number) => {
      while (playing[0] !== undefined && endOf(playing[0]) <= now) {
        const [done, ...rest] = playing
        heard.push({ startMillis: done.startMillis, samples: done.frame.samples })
        heardBefore += done.frame.samples.length
        playing = rest
      }
    }
    const partOf = (now: number): number => {
      const first = playing[0]
      if (first === undefined || now <= first.startMillis) return 0
      return Math.floor(((now - first.startMillis) * outputSampleRate) / 1000)
    }
    const endMillis = (now: number) =>
      Math.max(
        now,
        playing.length === 0
          ? now
          : endOf(
              playing[playing.length - 1] ?? { startMillis: now, frame: { samples: new Int16Array(0), sampleRate: 1 } },
            ),
      )
    const closed = Effect.suspend(() => (gone ? Effect.fail(new TransportClosed()) : Effect.void))

    const waitFor = (aheadMillis: number): Effect.Effect<void, TransportClosed> =>
      Effect.gen(function* () {
        for (;;) {
          yield* back.await
          yield* closed
          const now = yield* Clock.currentTimeMillis
          settle(now)
          const ahead = endMillis(now) - now
          if (ahead <= aheadMillis) return
          yield* stopped.close
          yield* Effect.raceFirst(Effect.sleep(Math.ceil(ahead - aheadMillis)), stopped.await)
        }
      })

    return {
      act: (input) =>
        Effect.gen(function* () {
          if (input._tag === "Disconnected") yield* back.close
          if (input._tag === "Connected") yield* back.open
          yield* inputs.offer(input)
        }),
      leave: Effect.gen(function* () {
        gone = true
        settle(yield* Clock.currentTimeMillis)
        yield* back.open
        yield* stopped.open
        yield* inputs.end
      }),
      heard: () => heard,
      events: () => events,
      transport: {
        inputs: Mailbox.toStream(inputs),
        outputSampleRate,
        write: (frame) =>
          Effect.gen(function* () {
            yield* waitFor(aheadMillisMax - durationMillis(frame))
            const now = yield* Clock.currentTimeMillis
            playing.push({ startMillis: endMillis(now), frame })
          }),
        drained: waitFor(0),
        stop: Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          settle(now)
          const part = partOf(now)
          const first = playing[0]
          if (first !== undefined && part > 0) {
            heard.push({ startMillis: first.startMillis, samples: first.frame.samples.slice(0, part) })
            heardBefore += part
          }
          playing = []
          yield* stopped.open
          return heardBefore
        }),
        heardSamples: Effect.map(Clock.currentTimeMillis, (now) => {
          settle(now)
          return heardBefore + partOf(now)
        }),
        send: (event) => Effect.map(Clock.currentTimeMillis, (atMillis) => void events.push({ atMillis, event })),
      },
    }
  })
