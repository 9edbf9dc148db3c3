import { Cause, type Context, Duration, Effect, ExecutionStrategy, Exit, Fiber, Layer, Option, Scope } from "effect"
import type { ConversationId, EndReason, LeaveReason } from "../../domain/conversation/Conversation.ts"
import { newConversation } from "../../domain/conversation/NewConversation.ts"
import type { HookContext } from "../../domain/hook/LifecycleHooks.ts"
import { LanguageModel } from "../../domain/llm/LanguageModel.ts"
import {
  type ConnectRequest,
  GatewayFull,
  NotResumable,
  type Socket,
  VoiceGateway,
} from "../../domain/media/VoiceGateway.ts"
import type { User } from "../../domain/user/User.ts"
import { within } from "../../domain/Within.ts"
import { ConversationRunner } from "../conversation/ConversationRunner.ts"
import { conversationsLive } from "./TransportMetrics.ts"
import { defaultPolicy, type WebSocketPolicy } from "./WebSocketPolicy.ts"
import * as WebSocketTransport from "./WebSocketTransport.ts"

export interface GatewayOptions {
  readonly conversationsMax: number
  /** Samples a second that pages are sent. */
  readonly outputSampleRate: number
  /** All conversations have ended after this, whether they did so in time or not. */
  readonly drainWithin: Duration.Duration
  readonly policy: WebSocketPolicy
}

const defaults: GatewayOptions = {
  conversationsMax: 64,
  outputSampleRate: 24_000,
  drainWithin: Duration.millis(1_500),
  policy: defaultPolicy,
}

interface Live {
  readonly conversationId: ConversationId
  readonly context: HookContext
  readonly user: User
  readonly line: WebSocketTransport.LiveTransport
}

const reasonOf = (exit: Exit.Exit<LeaveReason>): EndReason =>
  Exit.match(exit, {
    onSuccess: (reason) => (reason === "handover" ? "error" : reason),
    onFailure: (cause) => (Cause.isInterrupted(cause) ? "drain" : "error"),
  })

const makeRegistry = (options: GatewayOptions, scope: Scope.Scope, runner: Context.Tag.Service<ConversationRunner>) => {
  const live = new Map<ConversationId, Live>()

  const forget = ({ conversationId, line }: Live, reason: EndReason) => {
    line.conclude(reason)
    live.delete(conversationId)
    conversationsLive.unsafeUpdate(live.size, [])
  }

  /** To the end, or, once the person has left, for as long as winding up may take: then it is left to itself. */
  const run = ({ context, line, user }: Live) =>
    Effect.acquireUseRelease(
      Effect.forkDaemon(
        Effect.interruptible(
          runner.run({ context, user, transport: line.transport, before: undefined, ending: Effect.never }),
        ),
      ),
      (fiber) =>
        Effect.raceFirst(
          Fiber.join(fiber),
          line.left.pipe(Effect.zipRight(Effect.sleep(options.policy.windUp)), Effect.as<EndReason>("left")),
        ),
      (fiber, exit) => (Exit.isSuccess(exit) ? Fiber.interruptFork(fiber) : Fiber.interrupt(fiber)),
    )

  const hold = (entry: Live) =>
    run(entry).pipe(
      Effect.tapErrorCause((cause) =>
        Cause.isInterruptedOnly(cause) ? Effect.void : Effect.logError("conversation failed", cause),
      ),
      Effect.onExit((exit) => Effect.sync(() => forget(entry, reasonOf(exit)))),
      Effect.annotateLogs({ conversationId: entry.conversationId }),
    )

  const start = Effect.fnUntraced(function* (user: User, languageModel: string) {
    const context: HookContext = { ...(yield* newConversation(user)), fence: 0 }
    const conversationId = context.conversation.id
    const { outputSampleRate, policy } = options
    const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
    const line = yield* WebSocketTransport.make({ conversationId, user, outputSampleRate, languageModel, policy }).pipe(
      Scope.extend(own),
    )
    const entry: Live = { conversationId, context, user, line }
    live.set(conversationId, entry)
    conversationsLive.unsafeUpdate(live.size, [])
    const begin = hold(entry).pipe(
      Effect.ensuring(Scope.close(own, Exit.void)),
      Effect.interruptible,
      Effect.forkIn(scope),
    )
    return { line, begin }
  })

  const find = (user: User, id: ConversationId): Option.Option<Live> =>
    Option.fromNullable(live.get(id)).pipe(Option.filter((entry) => entry.user.id === user.id && !entry.line.hasLeft()))

  const concludeAll = Effect.sync(() => {
    for (const entry of live.values()) forget(entry, "drain")
  })

  return { start, find, size: () => live.size, concludeAll }
}

const make = Effect.fn("WebSocketGateway.make")(function* (options: GatewayOptions) {
  const runner = yield* ConversationRunner
  const languageModel = (yield* LanguageModel).name
  const conversations = yield* Scope.make()
  const registry = makeRegistry(options, conversations, runner)
  let draining = false

  const drain = Effect.suspend(() => {
    draining = true
    return Scope.close(conversations, Exit.void).pipe(
      within(options.drainWithin),
      // A conversation that does not let go in time is left to itself; its person is told all the same.
      Effect.zipRight(registry.concludeAll),
    )
  }).pipe(Effect.withSpan("WebSocketGateway.drain"))
  yield* Effect.addFinalizer(() => drain)

  const connect = Effect.fn("WebSocketGateway.connect")(function* (request: ConnectRequest, socket: Socket) {
    if (Option.isSome(request.resume)) {
      const conversationId = request.resume.value
      const found = registry.find(request.user, conversationId)
      if (Option.isNone(found)) return yield* new NotResumable({ conversationId })
      return found.value.line.attach(socket)
    }
    if (draining || registry.size() >= options.conversationsMax) {
      return yield* new GatewayFull({ conversationsMax: options.conversationsMax })
    }
    const { line, begin } = yield* registry.start(request.user, languageModel)
    const connection = line.attach(socket)
    yield* begin
    return connection
  }, Effect.uninterruptible)

  return { connect, drain, live: Effect.sync(registry.size) }
})

/** Conversations over WebSockets, held in this process. When its scope closes they all end, in `drainWithin` at most. */
export const layer = (
  options: Partial<GatewayOptions> = {},
): Layer.Layer<VoiceGateway, never, ConversationRunner | LanguageModel> =>
  Layer.scoped(VoiceGateway, make({ ...defaults, ...options }))
