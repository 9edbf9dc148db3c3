import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import { Schema } from "effect"
import { ConversationId } from "../../domain/conversation/Conversation.ts"
import { Recording, RecordingId } from "../../domain/recording/Recording.ts"
import { Authentication } from "./Authentication.ts"
import { NotFound, RangeNotSatisfiable, ServiceUnavailable } from "./Errors.ts"

const { key: _, ...shown } = Recording.fields

/** One recording: the person is on the left, what was heard of the assistant on the right. Several follow each other. */
export const RecordingItem = Schema.Struct(shown)
export type RecordingItem = typeof RecordingItem.Type

export const RecordingList = Schema.Struct({ items: Schema.Array(RecordingItem) })

const path = Schema.Struct({ id: ConversationId })
const audioPath = Schema.Struct({ id: ConversationId, recordingId: RecordingId })

export class RecordingsGroup extends HttpApiGroup.make("recordings")
  .add(HttpApiEndpoint.get("list", "/conversations/:id/recordings").setPath(path).addSuccess(RecordingList))
  /** Takes `Range` of one range of bytes, and then answers 206. */
  .add(
    HttpApiEndpoint.get("audio", "/conversations/:id/recordings/:recordingId/audio")
      .setPath(audioPath)
      .addSuccess(HttpApiSchema.Uint8Array({ contentType: "audio/flac" }))
      .addSuccess(HttpApiSchema.Uint8Array({ contentType: "audio/flac" }), { status: 206 })
      .addError(RangeNotSatisfiable),
  )
  .addError(NotFound)
  .addError(ServiceUnavailable)
  .middleware(Authentication) {}
