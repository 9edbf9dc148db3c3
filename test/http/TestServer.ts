import { DateTime, Effect, Layer, Option, Stream } from "effect"
import { type ConversationRequest, ConversationRunner } from "../../src/agent/conversation/ConversationRunner.ts"
import * as WebSocketGateway from "../../src/agent/transport/WebSocketGateway.ts"
import { TurnRepository } from "../../src/domain/analytics/TurnRepository.ts"
import {
  Conversation,
  ConversationId,
  ConversationNotFound,
  ConversationSummary,
} from "../../src/domain/conversation/Conversation.ts"
import { ConversationRepository } from "../../src/domain/conversation/ConversationRepository.ts"
import { LanguageModel } from "../../src/domain/llm/LanguageModel.ts"
import { UserTranscript } from "../../src/domain/media/ConversationEvent.ts"
import { Recording, RecordingId } from "../../src/domain/recording/Recording.ts"
import { RecordingRepository } from "../../src/domain/recording/RecordingRepository.ts"
import { RoomId } from "../../src/domain/room/Room.ts"
import { StorageError } from "../../src/domain/StorageError.ts"
import { UserRepository } from "../../src/domain/user/UserRepository.ts"
import * as LocalUser from "../../src/http/middleware/LocalUser.ts"
import * as Server from "../../src/http/Server.ts"
import * as Webhook from "../../src/http/Webhook.ts"
import * as ConversationService from "../../src/services/ConversationService.ts"
import * as RecordingService from "../../src/services/RecordingService.ts"
import * as TalkOverWebSocket from "../../src/services/TalkOverWebSocket.ts"
import type { TalkService } from "../../src/services/TalkService.ts"
import { ada, bob } from "../agent/transport/People.ts"
import * as MemoryObjectStore from "../support/MemoryObjectStore.ts"

const id = (digit: number) => ConversationId.make(`00000000-0000-4000-8000-0000000000d${digit}`)
export const own = id(1)
export const foreign = id(2)
export const unknown = id(3)
/** Asked for this one, the store does not answer. */
export const unreachable = id(4)
/** Asked for this one, our own code breaks. */
export const broken = id(5)

const at = DateTime.unsafeMake("2026-11-01T12:00:00Z")

const conversation = (conversationId: ConversationId, userId: typeof ada.id) =>
  Conversation.make({
    id: conversationId,
    roomId: RoomId.make("00000000-0000-4000-8000-0000000000e1"),
    userId,
    startedAt: at,
    endedAt: Option.none(),
    metadata: {},
  })

const conversations = Layer.mock(ConversationRepository, {
  get: (asked) => {
    if (asked === own) return Effect.succeed(conversation(own, ada.id))
    if (asked === foreign) return Effect.succeed(conversation(foreign, bob.id))
    if (asked === unreachable) {
      return Effect.fail(new StorageError({ operation: "ConversationRepository.get", cause: "secret host" }))
    }
    return asked === broken ? Effect.dieMessage("secret defect") : new ConversationNotFound({ conversationId: asked })
  },
  list: ({ limit, userId }) =>
    Effect.succeed({
      items: [
        ConversationSummary.make({
          id: own,
          startedAt: at,
          endedAt: Option.none(),
          title: `${limit} of ${userId}`,
          messageCount: 2,
        }),
      ],
      next: Option.some("more"),
    }),
  messages: () => Effect.succeed([]),
  remove: () => Effect.void,
})

/** Says back what it hears, and writes down what it is told. */
const echo = ({ transport }: ConversationRequest) =>
  transport.inputs.pipe(
    Stream.runForEach((input) => {
      switch (input._tag) {
        case "Audio":
          return Effect.ignore(
            transport.write({ samples: input.frame.samples, sampleRate: transport.outputSampleRate }),
          )
        case "Text": {
          const { messageId, text } = input
          return transport.send(UserTranscript.make({ messageId, text, final: true, source: "text" }))
        }
        case "Interrupt":
          return Effect.asVoid(transport.stop)
        default:
          return Effect.void
      }
    }),
    Effect.as("left" as const),
  )

export const serverOptions: Server.ServerOptions = {
  hostname: "127.0.0.1",
  port: 0,
  page: Option.some({ index: `${import.meta.dirname}/page/index.html` }),
  development: false,
  system: {
    version: "0.0.0",
    assistantName: "Parley",
    localSignIn: true,
    speechToText: "scripted",
    languageModel: "scripted",
    textToSpeech: "scripted",
    voicePath: "/v1/voice",
    media: "websocket",
  },
}

/** Everybody talks over the voice socket. */
const overWebSocket = Layer.merge(TalkOverWebSocket.layer.pipe(Layer.provide(conversations)), Webhook.layerNone)

/** Of Ada's conversation; the bytes count from 0. */
export const recording = new Recording({
  id: RecordingId.make("00000000-0000-4000-8000-0000000000f1"),
  conversationId: own,
  key: `${own}/1.flac`,
  contentType: "audio/flac",
  sizeBytes: 1_000,
  startedAt: at,
  durationMillis: 2_000,
})
/** Its sound is not there. */
export const recordingLost = new Recording({
  ...recording,
  id: RecordingId.make("00000000-0000-4000-8000-0000000000f2"),
  key: `${own}/2.flac`,
})

const recordings = Layer.merge(
  Layer.mock(RecordingRepository, {
    list: (id) => Effect.succeed(id === own ? [recording, recordingLost] : []),
  }),
  MemoryObjectStore.layer({
    objects: new Map([
      [
        `recordings/${recording.key}`,
        { contentType: recording.contentType, bytes: Uint8Array.from({ length: 1_000 }, (_, index) => index) },
      ],
    ]),
  }),
)

/** The server as a role composes it, over a runner that echoes and a store of a few conversations. */
export const testServer = (
  options: Partial<Server.ServerOptions> = {},
  gateway: Partial<WebSocketGateway.GatewayOptions> = {},
  talk: Layer.Layer<TalkService | Webhook.Webhook> = overWebSocket,
) =>
  Server.layer({ ...serverOptions, ...options }).pipe(
    Layer.provide([
      talk,
      ConversationService.layer.pipe(
        Layer.provide([conversations, recordings, Layer.mock(TurnRepository, { list: () => Effect.succeed([]) })]),
      ),
      RecordingService.layer.pipe(Layer.provide([conversations, recordings])),
      LocalUser.layer({ email: ada.email, name: ada.name }).pipe(
        Layer.provide(Layer.mock(UserRepository, { upsertByEmail: () => Effect.succeed(ada) })),
      ),
      WebSocketGateway.layer(gateway).pipe(
        Layer.provide([
          Layer.succeed(ConversationRunner, { run: echo }),
          Layer.mock(LanguageModel, { name: "scripted" }),
        ]),
      ),
    ]),
  )
