import { HttpApiSchema } from "@effect/platform"
import { Schema } from "effect"

/** Every error of the API has this shape; `code` is for programs, `message` for people. */
const fields = { message: Schema.String, requestId: Schema.String }

export class NotFound extends Schema.TaggedError<NotFound>()(
  "NotFound",
  { ...fields, code: Schema.Literal("not_found") },
  HttpApiSchema.annotations({ status: 404 }),
) {}

export class ServiceUnavailable extends Schema.TaggedError<ServiceUnavailable>()(
  "ServiceUnavailable",
  { ...fields, code: Schema.Literal("unavailable") },
  HttpApiSchema.annotations({ status: 503 }),
) {}

/** What is wrong with the request, and where. */
export class BadRequest extends Schema.TaggedError<BadRequest>()(
  "BadRequest",
  {
    ...fields,
    code: Schema.Literal("bad_request"),
    issues: Schema.Array(Schema.Struct({ path: Schema.Array(Schema.String), message: Schema.String })),
  },
  HttpApiSchema.annotations({ status: 400 }),
) {}
