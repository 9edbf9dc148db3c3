import { Data, Duration, Effect } from "effect"

/** No request of ours has a larger body. */
export const bodyBytesMax = 64 * 1_024

/** A body that has not come in whole after this is given up. */
const readWithin = Duration.seconds(10)

export class BodyTooLarge extends Data.TaggedError("BodyTooLarge")<{ readonly bytesMax: number }> {}
export class BodyUnreadable extends Data.TaggedError("BodyUnreadable")<{ readonly message: string }> {}

/** A mark at the beginning is part of what was signed, so it is kept. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Undefined: there is more of it than may be. */
const collect = async (body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<Uint8Array | undefined> => {
  const chunks: Array<Uint8Array> = []
  let bytes = 0
  const reader = body.getReader()
  signal.addEventListener("abort", () => void reader.cancel().catch(() => undefined))
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks)
    bytes += value.length
    if (bytes > bodyBytesMax) return void reader.cancel()
    chunks.push(value)
  }
}

/** The body as it was sent, of any length that it claims or does not claim. */
export const readBody = Effect.fnUntraced(function* (request: Request) {
  const stream = request.body
  if (stream === null) return ""
  const bytes = yield* Effect.tryPromise({
    try: (signal) => collect(stream, signal),
    catch: () => new BodyUnreadable({ message: "the body broke off" }),
  }).pipe(
    Effect.timeoutFail({
      duration: readWithin,
      onTimeout: () => new BodyUnreadable({ message: "the body did not come in time" }),
    }),
  )
  if (bytes === undefined) return yield* new BodyTooLarge({ bytesMax: bodyBytesMax })
  return yield* Effect.try({
    try: () => decoder.decode(bytes),
    catch: () => new BodyUnreadable({ message: "Expected UTF-8" }),
  })
})
