import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import { HttpApiDecodeError } from "@effect/platform/HttpApiError"
import type * as HttpApp from "@effect/platform/HttpApp"
import { RequestError, RouteNotFound } from "@effect/platform/HttpServerError"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import { Cause, Effect, type Layer } from "effect"
import { currentRequestId } from "../RequestId.ts"
import * as ErrorResponse from "../ErrorResponse.ts"

const respond = (make: (requestId: string) => Response) =>
  Effect.map(currentRequestId, (requestId) => HttpServerResponse.fromWeb(make(requestId)))

const translate = (error: unknown) => {
  if (error instanceof HttpApiDecodeError) {
    const issues = error.issues.map(({ message, path }) => ({ path: path.map(String), message }))
    return respond((requestId) => ErrorResponse.badRequest(requestId, issues))
  }
  if (error instanceof RequestError && error.reason === "Decode") {
    return respond((requestId) => ErrorResponse.badRequest(requestId, [{ path: ["body"], message: "Expected JSON" }]))
  }
  return error instanceof RouteNotFound ? respond(ErrorResponse.notFound) : undefined
}

/** What the framework itself finds wrong is answered in the shape of all errors; those that endpoints declare pass through. */
export const layer: Layer.Layer<never> = HttpApiBuilder.middleware((app) =>
  Effect.catchAllCause(app, (cause) => translate(Cause.squash(cause)) ?? Effect.failCause(cause)),
)

/** Around everything: nothing of what broke goes out, and all of it into the log. */
export const withDefects = <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<never, R> =>
  Effect.catchAllCause(app, (cause) =>
    Cause.isInterruptedOnly(cause)
      ? Effect.interrupt
      : Effect.zipRight(Effect.logError("request failed", cause), respond(ErrorResponse.internal)),
  )
