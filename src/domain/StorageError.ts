import { Schema } from "effect"

/** A store could not answer; asking again later may help. Broken rows and broken SQL are defects, not this. */
export class StorageError extends Schema.TaggedError<StorageError>()("StorageError", {
  /** What was asked, as `Repository.method`. */
  operation: Schema.String,
  cause: Schema.Defect,
}) {
  override get message(): string {
    return `${this.operation}: the store did not answer`
  }
}
