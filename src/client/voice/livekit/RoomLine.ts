import { Effect, type Scope } from "effect"
import type { Room } from "livekit-client"
import type { ConversationId } from "../../../domain/conversation/Conversation.ts"
import { ParleyClient } from "../../api/ParleyClient.ts"
import type { Trouble } from "../../conversation/Trouble.ts"
import { leave } from "../begin.ts"
import type { Line, LineOptions } from "../Line.ts"
import { RoomLink } from "./RoomLink.ts"
import { RoomMicrophone } from "./RoomMicrophone.ts"
import { type LiveKitJoin, roomTalk } from "./RoomTalk.ts"
import { makeRoomVoice } from "./RoomVoice.ts"

interface Options extends LineOptions {
  readonly conversationId: ConversationId | undefined
  readonly join: LiveKitJoin
}

/** Talks in a room of the media server, with whichever assistant comes into it. */
export const openRoomLine = (options: Options): Effect.Effect<Line, Trouble, Scope.Scope | ParleyClient> =>
  Effect.gen(function* () {
    const { conversationId, dispatch, join } = options
    // A server that gives a room knows whose it is.
    if (conversationId === undefined) return yield* Effect.fail<Trouble>("refused")
    const client = yield* ParleyClient
    const link = new RoomLink(options.outbox)
    const microphone = new RoomMicrophone()
    const voice = yield* Effect.mapError(makeRoomVoice(options.levels), (): Trouble => "audio-unavailable")
    let room: Room | undefined
    const entered = (next: Room | undefined) => {
      room = next
    }
    return {
      carry: (opened) => Effect.sync(() => microphone.carry(opened)),
      setMuted: (muted) => microphone.setMuted(muted),
      text: (messageId, text) => link.text(messageId, text),
      interrupt: () => link.interrupt(),
      leave: Effect.suspend(() => link.goodbye).pipe(
        Effect.flatMap((heard) => (heard ? Effect.void : leave(conversationId))),
        Effect.provideService(ParleyClient, client),
      ),
      unlock: () => {
        voice.unlock()
        // Its failure is told by the room.
        void room?.startAudio().catch(() => undefined)
      },
      talk: roomTalk({ conversationId, join, link, microphone, voice, dispatch, entered }).pipe(
        Effect.provideService(ParleyClient, client),
      ),
    }
  })
