import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import { Effect, Stream } from "effect"
import type { ConversationNotFound } from "../../domain/conversation/Conversation.ts"
import type { RecordingId, RecordingNotFound } from "../../domain/recording/Recording.ts"
import { type RecordedAudio, RecordingService } from "../../services/RecordingService.ts"
import { CurrentUser } from "../api/Authentication.ts"
import { NotFound } from "../api/Errors.ts"
import { ParleyApi } from "../api/ParleyApi.ts"
import { byteRange } from "../ByteRange.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { unavailable } from "../middleware/Unavailable.ts"
import { currentRequestId } from "../RequestId.ts"

const notFound = ({ message }: ConversationNotFound | RecordingNotFound) =>
  Effect.flatMap(currentRequestId, (requestId) => new NotFound({ code: "not_found", message, requestId }))

const unsatisfiable = (sizeBytes: number) =>
  Effect.map(currentRequestId, (requestId) =>
    HttpServerResponse.fromWeb(ErrorResponse.rangeNotSatisfiable(requestId, sizeBytes)),
  )

/** What is deleted here must not stay in a cache, so nothing is kept; the tag lets a player put its parts together. */
const headersOf = (id: RecordingId) => ({ "accept-ranges": "bytes", "cache-control": "no-store", etag: `"${id}"` })

const audio = (
  { contentType, read, sizeBytes }: RecordedAudio,
  id: RecordingId,
  { headers: asked }: HttpServerRequest.HttpServerRequest,
) => {
  const headers = headersOf(id)
  // A recording never changes: only a range of another one is out of date.
  const isOther = asked["if-range"] !== undefined && asked["if-range"] !== headers.etag
  const range = isOther ? undefined : byteRange(asked["range"], sizeBytes)
  if (range === "unsatisfiable") return unsatisfiable(sizeBytes)
  const { end, start } = range ?? { start: 0, end: sizeBytes }
  const part = range === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${sizeBytes}` }
  const body = read({ start, end }).pipe(
    Stream.tapError((error) => Effect.logWarning("a recording could not be read to its end", error)),
  )
  return Effect.succeed(
    HttpServerResponse.stream(body, {
      status: range === undefined ? 200 : 206,
      contentType,
      contentLength: end - start,
      headers: { ...headers, ...part },
    }),
  )
}

export const layer = HttpApiBuilder.group(ParleyApi, "recordings", (handlers) =>
  Effect.map(RecordingService, (recordings) =>
    handlers
      .handle("list", ({ path }) =>
        CurrentUser.pipe(
          Effect.flatMap((user) => recordings.list(user, path.id)),
          Effect.map((items) => ({ items })),
          Effect.catchTags({ ConversationNotFound: notFound, StorageError: unavailable }),
        ),
      )
      .handleRaw("audio", ({ path, request }) =>
        CurrentUser.pipe(
          Effect.flatMap((user) => recordings.audio(user, path.id, path.recordingId)),
          Effect.flatMap((found) => audio(found, path.recordingId, request)),
          Effect.catchTags({
            ConversationNotFound: notFound,
            RecordingNotFound: notFound,
            StorageError: unavailable,
            ObjectStoreError: unavailable,
          }),
        ),
      ),
  ),
)
