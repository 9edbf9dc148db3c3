import {
  BadRequest,
  Forbidden,
  InternalError,
  NotFound,
  PayloadTooLarge,
  ServiceUnavailable,
  Unauthorized,
  UpgradeRequired,
} from "./api/Errors.ts"

/** Answers in the shape of the API where no endpoint of it answers. */
const respond = (status: number, error: object): Response => Response.json({ ...error }, { status })

export const notFound = (requestId: string): Response =>
  respond(404, new NotFound({ code: "not_found", message: "there is nothing at this address", requestId }))

export const forbidden = (requestId: string, message: string): Response =>
  respond(403, new Forbidden({ code: "forbidden", message, requestId }))

export const payloadTooLarge = (requestId: string, bytesMax: number): Response => {
  const message = `the request's body has more than ${bytesMax} bytes`
  return respond(413, new PayloadTooLarge({ code: "payload_too_large", message, requestId }))
}

export const upgradeRequired = (requestId: string): Response => {
  const message = "this address takes WebSocket connections only"
  return respond(426, new UpgradeRequired({ code: "upgrade_required", message, requestId }))
}

export const badRequest = (requestId: string, issues: BadRequest["issues"]): Response => {
  const message = "the request is not what this address takes"
  return respond(400, new BadRequest({ code: "bad_request", message, requestId, issues }))
}

export const internal = (requestId: string): Response => {
  const message = "something went wrong on our side"
  return respond(500, new InternalError({ code: "internal", message, requestId }))
}

export const unauthorized = (requestId: string, message: string): Response =>
  respond(401, new Unauthorized({ code: "unauthorized", message, requestId }))

export const unavailable = (requestId: string): Response => {
  const message = "this cannot be answered now; try again in a moment"
  return respond(503, new ServiceUnavailable({ code: "unavailable", message, requestId }))
}
