import { Effect, Layer } from "effect"
import type { LifecycleHooks } from "../../domain/hook/LifecycleHooks.ts"
import type { LanguageModel } from "../../domain/llm/LanguageModel.ts"
import type { Toolbox } from "../../domain/llm/Tool.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import type { SpeechToText } from "../../domain/speech/SpeechToText.ts"
import type { TextToSpeech } from "../../domain/speech/TextToSpeech.ts"
import type { TurnDetector } from "../../domain/speech/TurnDetector.ts"
import type { VoiceActivityDetector } from "../../domain/speech/VoiceActivityDetector.ts"
import * as ConversationLife from "./Conversation.ts"
import { ConversationRunner } from "./ConversationRunner.ts"
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

/** The engine as a service: every conversation shares its providers and has its own transport. */
export const layer: Layer.Layer<ConversationRunner, never, ConversationPorts> = Layer.effect(
  ConversationRunner,
  Effect.map(Effect.context<ConversationPorts>(), (ports) =>
    ConversationRunner.of({
      run: (request) =>
        ConversationLife.run(request).pipe(
          Effect.provideService(VoiceTransport, request.transport),
          Effect.provide(ports),
          Effect.annotateLogs("conversation", request.context.conversation.id),
        ),
    }),
  ),
)
