import { Schema } from "effect"

/** Free-form facts beside an entity, stored as `jsonb`. */
export const JsonObject = Schema.Record({ key: Schema.String, value: Schema.Unknown })
export type JsonObject = typeof JsonObject.Type
