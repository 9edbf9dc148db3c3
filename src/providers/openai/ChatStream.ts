import type { HttpClientResponse } from "@effect/platform"
import { Chunk, Duration, Effect, Either, Option, Stream } from "effect"
import type { ChatPart } from "../../domain/llm/LanguageModel.ts"
import { Malformed, type ProviderError, Truncated } from "../../domain/speech/ProviderError.ts"
import * as ChatAnswer from "./ChatAnswer.ts"
import * as ChatWire from "./ChatWire.ts"
import * as Refusal from "./Refusal.ts"
import * as ServerSentEvents from "./ServerSentEvents.ts"

type Reason = ProviderError["reason"]
type Parts = ReadonlyArray<ChatPart>

/** An answer may have this many characters on the wire; a longer one is a server gone wild. */
export const responseCharsMax = 8_000_000
/** How much is kept of an answer that has no event in it, to say what it is. */
const headCharsMax = 2_000
/** After the finish reason, for the usage figures and the end. */
const usageGrace = Duration.millis(500)
const terminal = "[DONE]"

/** Reads an answer piece by piece; plain calls, since each of them runs for every token of every conversation. */
const reader = (withoutKey: (text: string) => string) => {
  const events = ServerSentEvents.splitter(terminal)
  const decoder = new TextDecoder()
  let answer = ChatAnswer.empty
  let ended = false
  let eventCount = 0
  let chars = 0
  let head = ""

  const take = (all: ReadonlyArray<string>): Either.Either<Parts, Reason> => {
    const parts: Array<ChatPart> = []
    for (const raw of all) {
      if (raw === terminal) ended = true
      if (ended) break
      const data = withoutKey(raw)
      const chunk = ChatWire.decode(data)
      if (Option.isNone(chunk)) {
        return Either.left(new Malformed({ detail: `an event that is not JSON: ${Refusal.excerpt(data)}` }))
      }
      if (chunk.value.error !== undefined) return Either.left(Refusal.ofEvent(chunk.value.error))
      eventCount += 1
      const [next, told] = ChatAnswer.accept(answer, chunk.value)
      answer = next
      parts.push(...told)
    }
    return Either.right(parts)
  }

  return {
    isEnded: () => ended,
    hasReason: () => answer.finishReason !== undefined,
    push: (bytes: Uint8Array): Either.Either<Parts, Reason> => {
      const text = decoder.decode(bytes, { stream: true })
      chars += text.length
      if (chars > responseCharsMax) {
        return Either.left(new Malformed({ detail: `the answer is longer than ${responseCharsMax} characters` }))
      }
      if (eventCount === 0 && head.length < headCharsMax) head += text.slice(0, headCharsMax)
      return take(events.push(text))
    },
    /** The end of the text, or as much of it as we wait for. */
    end: (): Either.Either<Parts, Reason> => {
      const rest = ended ? Either.right([]) : take(events.end())
      ended = true
      if (Either.isLeft(rest)) return rest
      if (answer.finishReason !== undefined) return Either.right([...rest.right, ...ChatAnswer.finish(answer)])
      return Either.left(
        eventCount === 0 && head.trim() !== ""
          ? new Malformed({ detail: `not an event stream: ${Refusal.excerpt(withoutKey(head))}` })
          : new Truncated(),
      )
    },
  }
}

export interface ChatStreamContext {
  readonly fail: (reason: Reason) => ProviderError
  readonly url: string
  readonly withoutKey: (text: string) => string
}

/** The parts of an answer out of its bytes; requires a finish reason before the end. */
export const of = (
  response: HttpClientResponse.HttpClientResponse,
  { fail, url, withoutKey }: ChatStreamContext,
): Stream.Stream<ChatPart, ProviderError> =>
  Stream.fromPull(
    Effect.map(Stream.toPull(response.stream), (pull) => {
      const read = reader(withoutKey)
      let over = false
      const emit = (parts: Either.Either<Parts, Reason>) =>
        Either.match(parts, {
          onLeft: (reason) => Effect.fail(Option.some(fail(reason))),
          onRight: (all) => Effect.succeed(Chunk.unsafeFromArray(all)),
        })
      const finish = Effect.suspend(() => {
        over = true
        return emit(read.end())
      })
      const pushed = (
        pieces: Chunk.Chunk<Uint8Array>,
      ): Effect.Effect<Chunk.Chunk<ChatPart>, Option.Option<ProviderError>> => {
        const parts: Array<ChatPart> = []
        for (const piece of pieces) {
          const told = read.push(piece)
          if (Either.isLeft(told)) return emit(told)
          parts.push(...told.right)
        }
        if (!read.isEnded()) return parts.length === 0 ? next : emit(Either.right(parts))
        return Effect.map(finish, (last) => Chunk.appendAll(Chunk.unsafeFromArray(parts), last))
      }
      const more = Effect.matchEffect(pull, {
        onSuccess: pushed,
        onFailure: (error) =>
          // A connection that breaks after the reason has said all.
          Option.isNone(error) || read.hasReason()
            ? finish
            : Effect.fail(Option.some(fail(Refusal.ofTransport(error.value, url)))),
      })
      // A piece without parts, such as the role, is no event to whoever waits for one.
      const next: Effect.Effect<Chunk.Chunk<ChatPart>, Option.Option<ProviderError>> = Effect.suspend(() => {
        if (over) return Effect.fail(Option.none())
        if (!read.hasReason()) return more
        // A server that neither sends its end nor closes has said all, too.
        return Effect.flatMap(
          Effect.timeoutOption(more, usageGrace),
          Option.match({ onNone: () => finish, onSome: Effect.succeed }),
        )
      })
      return next
    }),
  )
