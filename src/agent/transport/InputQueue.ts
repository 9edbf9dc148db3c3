import { Effect, Option, Stream } from "effect"
import type { TransportInput } from "../../domain/media/VoiceTransport.ts"
import { durationMillis } from "../../domain/speech/PcmFrame.ts"
import type * as Signal from "./Signal.ts"

/** What a person's side did and the engine has not taken yet. */
export interface InputQueue {
  /** Answers how many of the oldest audio frames were dropped for this input, or that a text found no room. */
  readonly offer: (input: TransportInput) => number | "full"
  /** No more comes; the stream ends after what waits. */
  readonly end: () => void
  /** Consumed once. */
  readonly stream: Stream.Stream<TransportInput>
}

export interface InputBounds {
  readonly inputMillisMax: number
  readonly inputEventsMax: number
}

export const make = (bounds: InputBounds, signal: Signal.Signal): InputQueue => {
  const waiting: Array<TransportInput> = []
  let audioMillis = 0
  let events = 0
  let ended = false

  const count = (input: TransportInput, sign: 1 | -1) => {
    if (input._tag === "Audio") audioMillis += sign * durationMillis(input.frame)
    else events += sign
  }

  const remove = (index: number) => {
    const [input] = waiting.splice(index, 1)
    if (input !== undefined) count(input, -1)
    return input
  }

  /** A page that comes and goes while nobody reads adds nothing: its going and coming back cancel out. */
  const cancelled = (input: TransportInput): boolean => {
    const index = waiting.length - 1
    if (input._tag !== "Connected" || events < bounds.inputEventsMax || waiting[index]?._tag !== "Disconnected") {
      return false
    }
    remove(index)
    return true
  }

  /** Of two speakers without audio between them only the later one matters. */
  const mergeSpeakers = (index: number) => {
    if (waiting[index]?._tag === "Speaker" && waiting[index - 1]?._tag === "Speaker") remove(index - 1)
  }

  const dropOldestAudio = (): number => {
    let dropped = 0
    while (audioMillis > bounds.inputMillisMax) {
      const index = waiting.findIndex((waits) => waits._tag === "Audio")
      remove(index)
      mergeSpeakers(index)
      dropped += 1
    }
    return dropped
  }

  const take = Effect.suspend(() => {
    const input = remove(0)
    return input === undefined ? Effect.fail(Option.none<never>()) : Effect.succeed(input)
  })

  return {
    offer: (input) => {
      if (ended || cancelled(input)) return 0
      const mayBeRefused = input._tag === "Text" || input._tag === "Interrupt"
      if (mayBeRefused && events >= bounds.inputEventsMax) return "full"
      waiting.push(input)
      count(input, 1)
      mergeSpeakers(waiting.length - 1)
      const dropped = dropOldestAudio()
      signal.notify()
      return dropped
    },
    end: () => {
      ended = true
      signal.notify()
    },
    stream: Stream.repeatEffectOption(
      Effect.zipRight(
        signal.until(() => ended || waiting.length > 0),
        take,
      ),
    ),
  }
}
