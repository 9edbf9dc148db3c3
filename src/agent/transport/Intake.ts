import { Data, Either, ParseResult, Schema } from "effect"
import { ClientMessage } from "../../domain/media/VoiceProtocol.ts"
import { durationMillis, inputSampleRate, type PcmFrame } from "../../domain/speech/PcmFrame.ts"
import type { WebSocketPolicy } from "./WebSocketPolicy.ts"

/** One message of a person's side, checked. `problem` is for people and names what is wrong. */
export type Received = Data.TaggedEnum<{
  Audio: { readonly frame: PcmFrame }
  Message: { readonly message: ClientMessage }
  Bad: { readonly problem: string }
  Flood: { readonly problem: string }
}>
export const Received = Data.taggedEnum<Received>()

const bytesPerMilli = (inputSampleRate * 2) / 1000
const problemLengthMax = 200

const decode = Schema.decodeUnknownEither(Schema.parseJson(ClientMessage))

const problemOf = (error: ParseResult.ParseError): string => {
  const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
  if (issue === undefined) return "the message is not one of this protocol"
  const path = issue.path.map(String).join(".")
  return `${path === "" ? "message" : path}: ${issue.message}`.slice(0, problemLengthMax)
}

const message = (text: string): Received =>
  Either.match(decode(text), {
    onLeft: (error) => Received.Bad({ problem: problemOf(error) }),
    onRight: (message) => Received.Message({ message }),
  })

const audio = (bytes: Uint8Array, policy: WebSocketPolicy): Received => {
  if (bytes.length % 2 !== 0) {
    return Received.Bad({ problem: `audio of ${bytes.length} bytes: 16-bit samples have an even number` })
  }
  // The socket uses its buffer again, and a view of it may begin at an odd byte: the samples are copied.
  const samples = new Int16Array(bytes.length / 2)
  new Uint8Array(samples.buffer).set(bytes)
  const frame = { samples, sampleRate: inputSampleRate }
  const millis = durationMillis(frame)
  if (millis < policy.frameMillisMin || millis > policy.frameMillisMax) {
    const bounds = `${policy.frameMillisMin} to ${policy.frameMillisMax} ms`
    return Received.Bad({ problem: `audio of ${millis} ms: a message holds ${bounds} at 16 kHz` })
  }
  return Received.Audio({ frame })
}

/** Counts within windows of fixed length, and tells when one holds too much. */
const makeWindow = (windowMillis: number, max: number) => {
  let startedAt = Number.NEGATIVE_INFINITY
  let total = 0
  return (amount: number, now: number): boolean => {
    if (now - startedAt >= windowMillis) {
      startedAt = now
      total = 0
    }
    total += amount
    return total > max
  }
}

/**
 * Tells when more comes than can have been spoken. What was not sent may be sent later: a network that stalled, or a server that
 * was frozen, gets many seconds at once.
 */
const makeAllowance = ({ catchUpMillisMax, inputBurstMillisMax, inputSpeedMax }: WebSocketPolicy) => {
  let left = inputBurstMillisMax
  let before: number | undefined
  return (millis: number, now: number): boolean => {
    left = Math.min(catchUpMillisMax, left + (now - (before ?? now)) * inputSpeedMax) - millis
    before = now
    return left < 0
  }
}

/** Checks what one connection sends: `now` is in milliseconds. */
export const make = (policy: WebSocketPolicy) => {
  const speechOver = makeAllowance(policy)
  const messagesOver = makeWindow(1_000, policy.messagesPerSecondMax)
  return (data: string | Uint8Array, now: number): Received => {
    if (speechOver(data.length / bytesPerMilli, now)) {
      return Received.Flood({ problem: `more than ${policy.inputSpeedMax} times as much audio as can be spoken` })
    }
    if (typeof data !== "string") return audio(data, policy)
    return messagesOver(1, now)
      ? Received.Flood({ problem: `more than ${policy.messagesPerSecondMax} messages in a second` })
      : message(data)
  }
}
