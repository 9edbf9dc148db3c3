import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import { Effect, Layer } from "effect"
import { Authentication } from "../api/Authentication.ts"
import { Unauthorized } from "../api/Errors.ts"
import { currentRequestId } from "../RequestId.ts"
import { Authenticator } from "./Authenticator.ts"
import { unavailable } from "./Unavailable.ts"

/** Signs requests of the API in, by whatever `Authenticator` there is. */
export const layer: Layer.Layer<Authentication, never, Authenticator> = Layer.effect(
  Authentication,
  Effect.map(Authenticator, ({ authenticate }) =>
    HttpServerRequest.HttpServerRequest.pipe(
      Effect.flatMap((request) => authenticate(request.headers)),
      Effect.catchTags({
        StorageError: unavailable,
        Unauthenticated: ({ message }) =>
          Effect.flatMap(
            currentRequestId,
            (requestId) => new Unauthorized({ code: "unauthorized", message, requestId }),
          ),
      }),
    ),
  ),
)
