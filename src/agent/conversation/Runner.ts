import { DateTime, Effect, Layer, Option } from "effect"
import { Conversation } from "../../domain/conversation/Conversation.ts"
import type { LifecycleHooks } from "../../domain/hook/LifecycleHooks.ts"
import type { LanguageModel } from "../../domain/llm/LanguageModel.ts"
import type { Toolbox } from "../../domain/llm/Tool.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import { Room, RoomId } from "../../domain/room/Room.ts"
import type { SpeechToText } from "../../domain/speech/SpeechToText.ts"
import type { TextToSpeech } from "../../domain/speech/TextToSpeech.ts"
import type { TurnDetector } from "../../domain/speech/TurnDetector.ts"
import type { VoiceActivityDetector } from "../../domain/speech/VoiceActivityDetector.ts"
import { uuidV7 } from "../../domain/Uuid.ts"
import * as ConversationLife from "./Conversation.ts"
import { type ConversationRequest, ConversationRunner } from "./ConversationRunner.ts"
import type { ConversationSettings } from "./ConversationSettings.ts"

/** All that a conversation needs, beside the person. */
export type ConversationPorts =
  | VoiceActivityDetector
  | SpeechToText
  | TurnDetector
  | LanguageModel
  | Toolbox
  | TextToSpeech
  | LifecycleHooks
  | ConversationSettings

const contextOf = Effect.fnUntraced(function* ({ conversationId, user }: ConversationRequest) {
  const now = yield* DateTime.now
  const room = new Room({
    id: RoomId.make(yield* uuidV7),
    livekitRoomId: `parley-${conversationId}`,
    name: `Conversation of ${user.name}`.slice(0, 200),
    createdBy: user.id,
    status: "open",
    createdAt: now,
    metadata: {},
  })
  const conversation = Conversation.make({
    id: conversationId,
    roomId: room.id,
    userId: user.id,
    startedAt: now,
    endedAt: Option.none(),
    metadata: {},
  })
  return { room, conversation }
})

/** The engine as a service: every conversation shares its providers and has its own transport. */
export const layer: Layer.Layer<ConversationRunner, never, ConversationPorts> = Layer.effect(
  ConversationRunner,
  Effect.map(Effect.context<ConversationPorts>(), (ports) =>
    ConversationRunner.of({
      run: (request) =>
        Effect.flatMap(contextOf(request), (context) => ConversationLife.run(context, request.user.name)).pipe(
          Effect.provideService(VoiceTransport, request.transport),
          Effect.provide(ports),
          Effect.annotateLogs("conversation", request.conversationId),
        ),
    }),
  ),
)
