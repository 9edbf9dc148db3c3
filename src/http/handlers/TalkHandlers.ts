import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import { Effect, Option, Redacted } from "effect"
import type { ConversationNotFound } from "../../domain/conversation/Conversation.ts"
import type { QueueFull } from "../../domain/store/DispatchQueue.ts"
import { type ConversationOver, type KeyReused, TalkService, Way } from "../../services/TalkService.ts"
import { CurrentUser } from "../api/Authentication.ts"
import { BadRequest, Full, NotFound } from "../api/Errors.ts"
import { ParleyApi } from "../api/ParleyApi.ts"
import { type Begun, LiveKitJoin, WebSocketJoin } from "../api/TalkApi.ts"
import { unavailable } from "../middleware/Unavailable.ts"
import { currentRequestId } from "../RequestId.ts"

const notFound = ({ message }: ConversationNotFound | ConversationOver) =>
  Effect.flatMap(currentRequestId, (requestId) => new NotFound({ code: "not_found", message, requestId }))

const full = ({ waitingMax }: QueueFull) =>
  Effect.flatMap(currentRequestId, (requestId) => {
    const message = `all assistants are taken, and ${waitingMax} people wait already; try again in a moment`
    return new Full({ code: "full", message, requestId })
  })

const keyReused = ({ message }: KeyReused) =>
  Effect.flatMap(currentRequestId, (requestId) => {
    const issues = [{ path: ["idempotency-key"], message }]
    return new BadRequest({
      code: "bad_request",
      message: "the request is not what this address takes",
      requestId,
      issues,
    })
  })

const translated = { StorageError: unavailable, QueueUnavailable: unavailable, ConversationNotFound: notFound }

const tell = (voicePath: string) =>
  Way.$match({
    Room: ({ conversationId, grant }): Begun => {
      const { expiresAt, identity, room, token, url } = grant
      const join = LiveKitJoin.make({ url: url.href, token: Redacted.value(token), room, identity, expiresAt })
      return { conversationId, join }
    },
    Socket: ({ resume }): Begun => ({
      conversationId: Option.getOrNull(resume),
      join: WebSocketJoin.make({
        path: Option.match(resume, { onNone: () => voicePath, onSome: (id) => `${voicePath}?resume=${id}` }),
      }),
    }),
  })

/** `voicePath`: where the voice socket is, for those who are sent there. */
export const layer = (voicePath: string) =>
  HttpApiBuilder.group(ParleyApi, "talk", (handlers) =>
    Effect.map(TalkService, (talk) =>
      handlers
        .handle("begin", ({ headers, payload }) =>
          CurrentUser.pipe(
            Effect.flatMap((user) =>
              talk.begin(user, { ...payload, key: Option.fromNullable(headers["idempotency-key"]) }),
            ),
            Effect.map(tell(voicePath)),
            Effect.catchTags({
              StorageError: unavailable,
              QueueUnavailable: unavailable,
              QueueFull: full,
              KeyReused: keyReused,
            }),
          ),
        )
        .handle("join", ({ path }) =>
          CurrentUser.pipe(
            Effect.flatMap((user) => talk.join(user, path.id)),
            Effect.map(tell(voicePath)),
            Effect.catchTags({ ...translated, QueueFull: full, ConversationOver: notFound }),
          ),
        )
        .handle("place", ({ path }) =>
          CurrentUser.pipe(
            Effect.flatMap((user) => talk.place(user, path.id)),
            Effect.catchTags(translated),
          ),
        )
        .handle("leave", ({ path }) =>
          CurrentUser.pipe(
            Effect.flatMap((user) => talk.leave(user, path.id)),
            Effect.catchTags(translated),
          ),
        ),
    ),
  )
