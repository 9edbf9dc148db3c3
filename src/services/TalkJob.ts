import { DateTime, Effect } from "effect"
import type { Conversation } from "../domain/conversation/Conversation.ts"
import { mayRecord } from "../domain/conversation/MediaRoom.ts"
import { DispatchJob } from "../domain/store/DispatchJob.ts"

const nameLengthMax = 200

/** The job that brings an assistant into a conversation's room. A person is known there by their user's id. */
export const jobFor = (conversation: Conversation, room: string, personName: string): Effect.Effect<DispatchJob> =>
  Effect.map(
    DateTime.now,
    (enqueuedAt) =>
      new DispatchJob({
        conversationId: conversation.id,
        room,
        userId: conversation.userId,
        personIdentity: conversation.userId,
        personName: personName.slice(0, nameLengthMax),
        priority: "normal",
        enqueuedAt,
        record: mayRecord(conversation),
      }),
  )
