import { Schema } from "effect"
import {
  BadRequest,
  Forbidden,
  InternalError,
  NotFound,
  PayloadTooLarge,
  RangeNotSatisfiable,
  ServiceUnavailable,
  Unauthorized,
  UpgradeRequired,
} from "./api/Errors.ts"

/** Answers in the shape of the API where no endpoint of it answers. */
const respond = <A, I>(status: number, schema: Schema.Schema<A, I>, error: A): Response =>
  Response.json(Schema.encodeSync(schema)(error), { status })

export const notFound = (requestId: string): Response =>
  respond(404, NotFound, new NotFound({ code: "not_found", message: "there is nothing at this address", requestId }))

export const forbidden = (requestId: string, message: string): Response =>
  respond(403, Forbidden, new Forbidden({ code: "forbidden", message, requestId }))

export const payloadTooLarge = (requestId: string, bytesMax: number): Response => {
  const message = `the request's body has more than ${bytesMax} bytes`
  return respond(413, PayloadTooLarge, new PayloadTooLarge({ code: "payload_too_large", message, requestId }))
}

export const rangeNotSatisfiable = (requestId: string, sizeBytes: number): Response => {
  const message = `there are ${sizeBytes} bytes only`
  const error = new RangeNotSatisfiable({ code: "range_not_satisfiable", message, requestId })
  const response = respond(416, RangeNotSatisfiable, error)
  response.headers.set("content-range", `bytes */${sizeBytes}`)
  return response
}

export const upgradeRequired = (requestId: string): Response => {
  const message = "this address takes WebSocket connections only"
  return respond(426, UpgradeRequired, new UpgradeRequired({ code: "upgrade_required", message, requestId }))
}

export const badRequest = (requestId: string, issues: BadRequest["issues"]): Response => {
  const message = "the request is not what this address takes"
  return respond(400, BadRequest, new BadRequest({ code: "bad_request", message, requestId, issues }))
}

export const internal = (requestId: string): Response => {
  const message = "something went wrong on our side"
  return respond(500, InternalError, new InternalError({ code: "internal", message, requestId }))
}

export const unauthorized = (requestId: string, message: string): Response =>
  respond(401, Unauthorized, new Unauthorized({ code: "unauthorized", message, requestId }))

export const unavailable = (requestId: string): Response => {
  const message = "this cannot be answered now; try again in a moment"
  return respond(503, ServiceUnavailable, new ServiceUnavailable({ code: "unavailable", message, requestId }))
}
