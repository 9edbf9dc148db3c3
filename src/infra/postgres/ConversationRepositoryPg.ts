import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option } from "effect"
import {
  Conversation,
  ConversationNotFound,
  ConversationSummary,
  Fenced,
} from "../../domain/conversation/Conversation.ts"
import { ConversationRepository } from "../../domain/conversation/ConversationRepository.ts"
import { Message } from "../../domain/conversation/Message.ts"
import * as Cursor from "./ConversationCursor.ts"
import { conversationStatements } from "./ConversationStatements.ts"
import { messageStatements } from "./MessageStatements.ts"
import { storage } from "./Storage.ts"

export const layer = Layer.effect(
  ConversationRepository,
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const conversations = conversationStatements(sql)
    const messages = messageStatements(sql)

    return ConversationRepository.of({
      insert: Effect.fn("ConversationRepository.insert")(function* (conversation) {
        yield* conversations.insert(conversation).pipe(storage("ConversationRepository.insert"))
      }),

      get: Effect.fn("ConversationRepository.get")(function* (id) {
        const row = yield* conversations.findById(id).pipe(storage("ConversationRepository.get"))
        if (Option.isNone(row)) return yield* new ConversationNotFound({ conversationId: id })
        return new Conversation(row.value)
      }),

      findOpenByLiveKitRoom: Effect.fn("ConversationRepository.findOpenByLiveKitRoom")(function* (livekitRoomId) {
        const row = yield* conversations
          .findOpenByLiveKitRoom(livekitRoomId)
          .pipe(storage("ConversationRepository.findOpenByLiveKitRoom"))
        return Option.map(row, (found) => new Conversation(found))
      }),

      list: Effect.fn("ConversationRepository.list")(function* ({ cursor, limit, userId }) {
        const after = Option.flatMap(cursor, Cursor.decode)
        // One more than asked for tells whether there is a next page.
        const rows = yield* conversations
          .list({ userId, after, limit: limit + 1 })
          .pipe(storage("ConversationRepository.list"))
        const items = rows.slice(0, limit).map((row) => new ConversationSummary(row))
        const last = rows.length > limit ? Option.fromNullable(items.at(-1)) : Option.none()
        return { items, next: Option.map(last, Cursor.encode) }
      }),

      listOpen: Effect.fn("ConversationRepository.listOpen")(function* ({ cursor, limit, startedBefore }) {
        const after = Option.flatMap(cursor, Cursor.decode)
        const rows = yield* conversations
          .listOpen({ startedBefore, after, limit: limit + 1 })
          .pipe(storage("ConversationRepository.listOpen"))
        const items = rows.slice(0, limit).map(({ room, ...row }) => ({ conversation: new Conversation(row), room }))
        const last = rows.length > limit ? Option.fromNullable(items.at(-1)) : Option.none()
        return { items, next: Option.map(last, ({ conversation }) => Cursor.encode(conversation)) }
      }),

      end: Effect.fn("ConversationRepository.end")(function* (id, { at, reason }) {
        const ended = yield* conversations.end({ id, at, reason }).pipe(storage("ConversationRepository.end"))
        if (Option.isNone(ended)) return yield* new ConversationNotFound({ conversationId: id })
      }),

      endLeftOpen: conversations.endLeftOpen.pipe(
        Effect.map((ended) => ended.length),
        storage("ConversationRepository.endLeftOpen"),
        Effect.withSpan("ConversationRepository.endLeftOpen"),
      ),

      remove: Effect.fn("ConversationRepository.remove")(function* (id) {
        const removed = yield* conversations.remove(id).pipe(storage("ConversationRepository.remove"))
        if (Option.isNone(removed)) return yield* new ConversationNotFound({ conversationId: id })
      }),

      takeOver: Effect.fn("ConversationRepository.takeOver")(function* (id, fence) {
        const found = yield* conversations.takeOver({ id, fence }).pipe(storage("ConversationRepository.takeOver"))
        if (Option.isNone(found)) return yield* new ConversationNotFound({ conversationId: id })
      }),

      addMessage: Effect.fn("ConversationRepository.addMessage")(function* (message, fence) {
        const held = yield* messages.insert({ ...message, fence }).pipe(storage("ConversationRepository.addMessage"))
        const { conversationId } = message
        if (Option.isNone(held)) return yield* new ConversationNotFound({ conversationId })
        if (!held.value.letIn) return yield* new Fenced({ conversationId, fence })
      }),

      messages: Effect.fn("ConversationRepository.messages")(function* (conversationId, limit) {
        const rows = yield* messages.newest({ conversationId, limit }).pipe(storage("ConversationRepository.messages"))
        return rows.map((row) => new Message(row)).reverse()
      }),
    })
  }),
)
