import { DateTime, Deferred, Duration, Effect, type Exit, Layer, Logger, LogLevel, Option, Supervisor } from "effect"
import * as ConversationLife from "../../src/agent/conversation/Conversation.ts"
import { ConversationSettings, defaults, type Settings } from "../../src/agent/conversation/ConversationSettings.ts"
import * as HookRegistry from "../../src/agent/hooks/HookRegistry.ts"
import * as ScriptedTransport from "../../src/agent/transport/ScriptedTransport.ts"
import type { Turn } from "../../src/domain/analytics/Turn.ts"
import { Conversation, ConversationId, type LeaveReason } from "../../src/domain/conversation/Conversation.ts"
import { type Message, MessageId } from "../../src/domain/conversation/Message.ts"
import { type Hook, type HookContext, LifecycleHooks } from "../../src/domain/hook/LifecycleHooks.ts"
import type { ChatRequest } from "../../src/domain/llm/LanguageModel.ts"
import { type Tool, Toolbox } from "../../src/domain/llm/Tool.ts"
import { TransportInput, VoiceTransport } from "../../src/domain/media/VoiceTransport.ts"
import { Room, RoomId } from "../../src/domain/room/Room.ts"
import { TurnDetector } from "../../src/domain/speech/TurnDetector.ts"
import { User, UserId } from "../../src/domain/user/User.ts"
import * as Script from "../../src/providers/scripted/Script.ts"
import * as ScriptedLanguageModel from "../../src/providers/scripted/ScriptedLanguageModel.ts"
import * as ScriptedSpeechToText from "../../src/providers/scripted/ScriptedSpeechToText.ts"
import * as ScriptedTextToSpeech from "../../src/providers/scripted/ScriptedTextToSpeech.ts"
import * as ScriptedVoiceActivityDetector from "../../src/providers/scripted/ScriptedVoiceActivityDetector.ts"

export const start = DateTime.unsafeMake("2026-01-01T00:00:00Z")
const conversationId = ConversationId.make("00000000-0000-4000-8000-000000000001")
const userId = UserId.make("00000000-0000-4000-8000-000000000002")
const roomId = RoomId.make("00000000-0000-4000-8000-000000000003")

export const context: HookContext = {
  room: new Room({
    id: roomId,
    livekitRoomId: "room",
    name: "Room",
    createdBy: userId,
    status: "open",
    createdAt: start,
    metadata: {},
  }),
  conversation: Conversation.make({
    id: conversationId,
    roomId,
    userId,
    startedAt: start,
    endedAt: Option.none(),
    metadata: {},
  }),
  fence: 0,
}

const ada = User.make({ id: userId, email: "ada@localhost", name: "Ada", createdAt: start, updatedAt: start })

/** Everything that a talk is made of; what is left out is silent, instant and without trouble. */
export interface Scene {
  readonly hears?: Script.Script<ScriptedSpeechToText.Scene>
  readonly thinks?: Script.Script<ScriptedLanguageModel.Scene>
  readonly voice?: Partial<ScriptedTextToSpeech.ScriptedVoice>
  readonly finished?: (transcript: string) => number
  readonly tools?: ReadonlyArray<Tool>
  readonly settings?: Partial<Settings>
  readonly hooks?: ReadonlyArray<Hook>
  readonly windowSamples?: number
  readonly frameMillis?: number
  /** What was said while another worker held the conversation. */
  readonly before?: ReadonlyArray<Message>
  /** Ports of the test's own, in place of the scripted ones. */
  readonly instead?: Layer.Layer<never>
}

/** A person with a microphone that is always on. */
export interface Person extends ScriptedTransport.ScriptedPerson {
  /** Speaks for so long, then is silent. */
  readonly speak: (millis: number) => Effect.Effect<void>
  readonly type: (text: string, id: string) => Effect.Effect<void>
  readonly do: (input: TransportInput) => Effect.Effect<void>
  /** The microphone gives no more audio, not even silence. */
  readonly unplug: Effect.Effect<void>
  /** The process wants to end: interrupts the conversation. */
  readonly drain: Effect.Effect<void>
  /** What ends the conversation from outside. */
  readonly endFor: (reason: LeaveReason) => Effect.Effect<void>
}

export interface Outcome {
  readonly person: Person
  readonly reason: Exit.Exit<LeaveReason>
  readonly messages: ReadonlyArray<Message>
  readonly turns: ReadonlyArray<Turn>
  /** The names of the hook events, in order. */
  readonly hookCalls: ReadonlyArray<string>
  readonly requests: ReadonlyArray<ChatRequest>
  /** Fibers of the conversation that were still there after its end. */
  readonly fibersLeft: number
}

export const sampleRate = 8_000

export const talk = (scene: Scene, story: (person: Person) => Effect.Effect<void>): Effect.Effect<Outcome> =>
  Effect.gen(function* () {
    const scripted = yield* ScriptedTransport.make(sampleRate)
    const frameMillis = scene.frameMillis ?? 20
    const loud = new Int16Array(frameMillis * 16).fill(1_000)
    const still = new Int16Array(frameMillis * 16)
    let speaking = false
    let plugged = true
    const draining = yield* Effect.makeLatch(false)
    const ending = yield* Deferred.make<LeaveReason>()
    const person: Person = {
      ...scripted,
      do: scripted.act,
      unplug: Effect.sync(() => void (plugged = false)),
      drain: draining.open,
      endFor: (reason) => Effect.asVoid(Deferred.succeed(ending, reason)),
      type: (text, id) => scripted.act(TransportInput.Text({ messageId: MessageId.make(id), text })),
      speak: (millis) =>
        Effect.sync(() => void (speaking = true)).pipe(
          Effect.zipRight(Effect.sleep(millis)),
          Effect.zipRight(Effect.sync(() => void (speaking = false))),
        ),
    }
    const microphone = Effect.suspend(() =>
      plugged
        ? scripted.act(TransportInput.Audio({ frame: { samples: speaking ? loud : still, sampleRate: 16_000 } }))
        : Effect.void,
    ).pipe(Effect.zipRight(Effect.sleep(frameMillis)), Effect.forever)

    const messages: Array<Message> = []
    const turns: Array<Turn> = []
    const hookCalls: Array<string> = []
    const requests: Array<ChatRequest> = []
    const note = (call: string) => Effect.sync(() => void hookCalls.push(call))
    const recorder: Hook = {
      name: "recorder",
      timeout: Duration.seconds(1),
      onFailure: "ignore",
      storesMessages: true,
      onRoomJoined: () => note("onRoomJoined"),
      onParticipantConnected: () => note("onParticipantConnected"),
      onMessageReceived: (_, message) =>
        Effect.zipRight(
          note("onMessageReceived"),
          Effect.sync(() => void messages.push(message)),
        ),
      onConversationTurn: (_, turn) =>
        Effect.zipRight(
          note("onConversationTurn"),
          Effect.sync(() => void turns.push(turn)),
        ),
      onRoomLeft: (_, reason) => note(`onRoomLeft ${reason}`),
    }
    const registered = Layer.scopedDiscard(
      Effect.flatMap(LifecycleHooks, (hooks) =>
        Effect.forEach([...(scene.hooks ?? []), recorder], hooks.register, { discard: true }),
      ),
    ).pipe(Layer.provideMerge(HookRegistry.layer))
    const settings: Settings = { ...defaults, greeting: "", ...scene.settings }
    const ports = Layer.mergeAll(
      registered,
      Layer.succeed(VoiceTransport, scripted.transport),
      Layer.succeed(ConversationSettings, settings),
      Layer.succeed(TurnDetector, {
        name: "scripted",
        finished: ({ transcript }) => Effect.succeed(scene.finished?.(transcript) ?? 0.9),
      }),
      Layer.succeed(Toolbox, { open: Effect.succeed(scene.tools ?? []) }),
      ScriptedVoiceActivityDetector.layer({ windowSamples: scene.windowSamples ?? 320 }),
      ScriptedSpeechToText.layer(scene.hears ?? Script.list([])),
      ScriptedLanguageModel.layer(scene.thinks ?? Script.list([]), (request) => void requests.push(request)),
      ScriptedTextToSpeech.layer({ ...ScriptedTextToSpeech.plainVoice, sampleRate, ...scene.voice }),
    )
    const life = ConversationLife.run({
      context,
      user: ada,
      transport: scripted.transport,
      before: scene.before,
      ending: Deferred.await(ending),
    }).pipe(Effect.provide(Layer.merge(ports, scene.instead ?? Layer.empty)))
    const fibers = yield* Supervisor.track
    const conversation = yield* Effect.fork(Effect.supervised(life, fibers))
    const others = yield* Effect.fork(
      Effect.gen(function* () {
        yield* Effect.fork(microphone)
        yield* Effect.fork(Effect.zipRight(draining.await, conversation.interruptAsFork(conversation.id())))
        yield* scripted.act(TransportInput.Connected({ identity: "ada", name: "Ada" }))
        yield* story(person)
        yield* scripted.leave
        return yield* Effect.never
      }),
    )
    const reason = yield* conversation.await
    yield* others.interruptAsFork(conversation.id())
    return { person, reason, messages, turns, hookCalls, requests, fibersLeft: (yield* fibers.value).length }
  }).pipe(Logger.withMinimumLogLevel(LogLevel.None))

/** The words that were heard, from the samples: `sampleOf` must have given each word its own value. */
export const heardValues = (person: Person): ReadonlyArray<{ readonly value: number; readonly samples: number }> => {
  const runs: Array<{ value: number; samples: number }> = []
  for (const { samples } of person.heard()) {
    for (const value of samples) {
      const last = runs.at(-1)
      if (last !== undefined && last.value === value) last.samples++
      else runs.push({ value, samples: 1 })
    }
  }
  return runs
}
