import { it } from "@effect/vitest"
import { Context, Effect, Layer, type Scope, Stream } from "effect"
import * as LiveKitAssistantRoom from "../../../../src/agent/transport/livekit/LiveKitAssistantRoom.ts"
import type { LiveKitPolicy } from "../../../../src/agent/transport/livekit/LiveKitPolicy.ts"
import { ConversationId } from "../../../../src/domain/conversation/Conversation.ts"
import { AssistantRoom, type JoinRoomRequest } from "../../../../src/domain/media/AssistantRoom.ts"
import type { Transport, TransportInput } from "../../../../src/domain/media/VoiceTransport.ts"
import { inputSampleRate } from "../../../../src/domain/speech/PcmFrame.ts"
import { type LiveKitServer, liveKitServer } from "../../../support/LiveKitServer.ts"
import { grantFor, hzOf, isLoud } from "./LiveKitPerson.ts"

export type Sdk = "keyed" | "plain"
export const sdks: ReadonlyArray<Sdk> = ["keyed", "plain"]

export class TestServer extends Context.Tag("parley/test/agent/transport/livekit/TestServer")<
  TestServer,
  LiveKitServer
>() {}

const world = (sdk: Sdk, policy: Partial<LiveKitPolicy>) =>
  Layer.merge(Layer.scoped(TestServer, liveKitServer), LiveKitAssistantRoom.layer({ sdk, policy }))

/** A server and an adapter of its own, which outlive everything that the effect itself leaves to the scope. */
export const inWorld =
  (sdk: Sdk, policy: Partial<LiveKitPolicy> = {}) =>
  <A, E>(effect: Effect.Effect<A, E, TestServer | AssistantRoom | Scope.Scope>): Effect.Effect<A, E, Scope.Scope> =>
    Effect.flatMap(Layer.build(world(sdk, policy)), (context) => Effect.provide(effect, context))

export const tester =
  (sdk: Sdk) =>
  (
    name: string,
    test: Effect.Effect<void, unknown, TestServer | AssistantRoom | Scope.Scope>,
    policy: Partial<LiveKitPolicy> = {},
  ) =>
    it.scopedLive(name, () => inWorld(sdk, policy)(test))

export const conversationId = ConversationId.make("00000000-0000-4000-8000-0000000000c1")

export const requestFor = (room: string, change: Partial<JoinRoomRequest> = {}) =>
  Effect.gen(function* () {
    const server = yield* TestServer
    const request: JoinRoomRequest = {
      grant: yield* grantFor(server, room, "assistant", { kind: "agent" }),
      conversationId,
      personIdentity: "ada",
      personName: "Ada",
      languageModel: "scripted",
      assistantName: "Parley",
      language: "en",
      recorded: false,
      ...change,
    }
    return request
  })

export const joinAssistant = (room: string, change: Partial<JoinRoomRequest> = {}) =>
  Effect.flatMap(requestFor(room, change), (request) =>
    Effect.flatMap(AssistantRoom, (assistants) => assistants.join(request)),
  )

export const collect = (transport: Transport) => {
  const taken: Array<TransportInput> = []
  return Effect.as(
    Effect.forkScoped(Stream.runForEach(transport.inputs, (input) => Effect.sync(() => taken.push(input)))),
    taken,
  )
}

/** What a person did besides speaking. */
export const acts = (inputs: ReadonlyArray<TransportInput>) => inputs.filter((input) => input._tag !== "Audio")

export const tags = (inputs: ReadonlyArray<TransportInput>) => acts(inputs).map((input) => input._tag)

export const audioOf = (inputs: ReadonlyArray<TransportInput>) =>
  inputs.flatMap((input) => (input._tag === "Audio" ? [input.frame.samples] : []))

/** Milliseconds of a tone among what was heard. */
export const millisOf = (inputs: ReadonlyArray<TransportInput>, hz: number): number =>
  audioOf(inputs)
    .filter((samples) => isLoud(samples) && Math.abs(hzOf(samples, inputSampleRate) - hz) < 80)
    .reduce((total, samples) => total + (samples.length * 1000) / inputSampleRate, 0)
