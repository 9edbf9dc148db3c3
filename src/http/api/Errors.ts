import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
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

/** As many people wait for an assistant as may. Try again later. */
export class Full extends Schema.TaggedError<Full>()(
  "Full",
  { ...fields, code: Schema.Literal("full") },
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

/** Nobody, or nobody whom this installation knows. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()(
  "Unauthorized",
  { ...fields, code: Schema.Literal("unauthorized") },
  HttpApiSchema.annotations({ status: 401 }),
) {}

/** Asked from another site, or under a name that is not this server's. */
export class Forbidden extends Schema.TaggedError<Forbidden>()(
  "Forbidden",
  { ...fields, code: Schema.Literal("forbidden") },
  HttpApiSchema.annotations({ status: 403 }),
) {}

export class PayloadTooLarge extends Schema.TaggedError<PayloadTooLarge>()(
  "PayloadTooLarge",
  { ...fields, code: Schema.Literal("payload_too_large") },
  HttpApiSchema.annotations({ status: 413 }),
) {}

/** There are not so many bytes. */
export class RangeNotSatisfiable extends Schema.TaggedError<RangeNotSatisfiable>()(
  "RangeNotSatisfiable",
  { ...fields, code: Schema.Literal("range_not_satisfiable") },
  HttpApiSchema.annotations({ status: 416 }),
) {}

/** Asked for a voice socket without the headers of one. */
export class UpgradeRequired extends Schema.TaggedError<UpgradeRequired>()(
  "UpgradeRequired",
  { ...fields, code: Schema.Literal("upgrade_required") },
  HttpApiSchema.annotations({ status: 426 }),
) {}

/** Our fault; the log has it under the request id. */
export class InternalError extends Schema.TaggedError<InternalError>()(
  "InternalError",
  { ...fields, code: Schema.Literal("internal") },
  HttpApiSchema.annotations({ status: 500 }),
) {}
