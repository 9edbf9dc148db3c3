import { Effect } from "effect"
import type { StorageError } from "../../domain/StorageError.ts"
import type { QueueUnavailable } from "../../domain/store/DispatchQueue.ts"
import type { ObjectStoreError } from "../../domain/store/ObjectStore.ts"
import { ServiceUnavailable } from "../api/Errors.ts"
import { currentRequestId } from "../RequestId.ts"

/** The store does not answer: the log says which question, the caller only that asking again later may help. */
export const unavailable = (
  error: StorageError | QueueUnavailable | ObjectStoreError,
): Effect.Effect<never, ServiceUnavailable> =>
  Effect.logWarning("store did not answer", error).pipe(
    Effect.zipRight(currentRequestId),
    Effect.flatMap((requestId) => {
      const message = "this cannot be answered now; try again in a moment"
      return new ServiceUnavailable({ code: "unavailable", message, requestId })
    }),
  )
