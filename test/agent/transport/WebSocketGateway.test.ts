import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Layer, Metric, Option, Scope, Stream, TestClock } from "effect"
import { type ConversationRequest, ConversationRunner } from "../../../src/agent/conversation/ConversationRunner.ts"
import { conversationsLive } from "../../../src/agent/transport/TransportMetrics.ts"
import * as WebSocketGateway from "../../../src/agent/transport/WebSocketGateway.ts"
import type { ConversationId, EndReason } from "../../../src/domain/conversation/Conversation.ts"
import { LanguageModel } from "../../../src/domain/llm/LanguageModel.ts"
import { VoiceGateway } from "../../../src/domain/media/VoiceGateway.ts"
import type { User } from "../../../src/domain/user/User.ts"
import { FakePage } from "./FakePage.ts"
import { ada, bob } from "./People.ts"

type Run = (request: ConversationRequest) => Effect.Effect<EndReason>

/** A conversation of somebody who only listens, until the person leaves. */
const listens: Run = ({ transport }) => Effect.as(Stream.runDrain(transport.inputs), "left")

/** A conversation cannot begin in 1970, where the test's clock does. */
const today = Layer.effectDiscard(TestClock.setTime(Date.UTC(2026, 10, 1)))

const gateway = (run: Run, options: Partial<WebSocketGateway.GatewayOptions> = {}) =>
  WebSocketGateway.layer(options).pipe(
    Layer.provideMerge(today),
    Layer.provide(Layer.succeed(ConversationRunner, { run })),
    Layer.provide(Layer.mock(LanguageModel, { name: "scripted" })),
  )

/** Lets every fiber come to where it waits. */
const settle = TestClock.adjust(0)

const join = Effect.fnUntraced(function* (
  user: User,
  resume = Option.none<ConversationId>(),
  page = new FakePage(24_000),
) {
  const { connect } = yield* VoiceGateway
  page.connection = yield* connect({ user, resume }, page.socket())
  yield* settle
  return page
})

const idOf = (page: FakePage): ConversationId => page.all("Welcome")[0]?.conversationId ?? assert.fail("no welcome")

const live = Effect.flatMap(VoiceGateway, (voice) => voice.live)

describe("WebSocketGateway", () => {
  it.scoped("holds a conversation from the coming to the leaving", () =>
    Effect.gen(function* () {
      const page = yield* join(ada)
      assert.strictEqual(yield* live, 1)
      assert.strictEqual((yield* Metric.value(conversationsLive)).value, 1)
      assert.strictEqual(page.last("Welcome")?.languageModel, "scripted")
      page.send({ _tag: "Leave" })
      yield* settle
      assert.deepStrictEqual(page.all("Ended"), [{ _tag: "Ended", reason: "left" }])
      assert.deepStrictEqual(page.closes, [[1000, "left"]])
      assert.strictEqual(yield* live, 0)
      assert.strictEqual((yield* Metric.value(conversationsLive)).value, 0)
    }).pipe(Effect.provide(gateway(listens))),
  )

  it.scoped("gives a conversation back within the grace, to the same person only", () =>
    Effect.gen(function* () {
      const page = yield* join(ada)
      page.connection?.closed()
      yield* TestClock.adjust("29 seconds")
      const conversationId = idOf(page)
      const stranger = yield* Effect.flip(join(bob, Option.some(conversationId)))
      assert.strictEqual(stranger._tag, "NotResumable")
      yield* join(ada, Option.some(conversationId), page)
      assert.strictEqual(page.last("Welcome")?.conversationId, conversationId)
      assert.isTrue(page.last("Welcome")?.resumed)
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(yield* live, 1)
    }).pipe(Effect.provide(gateway(listens))),
  )

  it.scoped("ends what nobody comes back to, and gives it to nobody then", () =>
    Effect.gen(function* () {
      const page = yield* join(ada)
      page.connection?.closed()
      yield* settle
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* live, 0)
      const late = yield* Effect.flip(join(ada, Option.some(idOf(page))))
      assert.strictEqual(late._tag, "NotResumable")
    }).pipe(Effect.provide(gateway(listens))),
  )

  it.scoped("hands the conversation to the newest window and says so in the old one", () =>
    Effect.gen(function* () {
      const old = yield* join(ada)
      const page = yield* join(ada, Option.some(idOf(old)))
      assert.strictEqual(old.last("Problem")?.code, "taken-over")
      assert.deepStrictEqual(old.closes, [[4001, "taken-over"]])
      old.send({ _tag: "Leave" })
      old.connection?.closed()
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(yield* live, 1, "the old window ends nothing any more")
      page.send({ _tag: "Leave" })
      yield* settle
      assert.strictEqual(yield* live, 0)
    }).pipe(Effect.provide(gateway(listens))),
  )

  it.scoped("takes so many conversations and no more, and has room again when one ends", () =>
    Effect.gen(function* () {
      const page = yield* join(ada)
      yield* join(bob)
      const refused = yield* Effect.flip(join(bob))
      assert.strictEqual(refused._tag, "GatewayFull")
      page.send({ _tag: "Leave" })
      yield* settle
      yield* join(bob)
      assert.strictEqual(yield* live, 2)
    }).pipe(Effect.provide(gateway(listens, { conversationsMax: 2 }))),
  )

  it.scoped("says error and closes when the engine breaks", () =>
    Effect.gen(function* () {
      const page = yield* join(ada)
      yield* settle
      assert.deepStrictEqual(page.all("Ended"), [{ _tag: "Ended", reason: "error" }])
      assert.strictEqual(yield* live, 0)
    }).pipe(Effect.provide(gateway(() => Effect.dieMessage("broken")))),
  )

  it.scoped("does not wait for ever for an engine that does not notice the leaving", () =>
    Effect.gen(function* () {
      const page = yield* join(ada)
      page.send({ _tag: "Leave" })
      yield* TestClock.adjust("9 seconds")
      assert.strictEqual(yield* live, 1)
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(yield* live, 0)
      assert.deepStrictEqual(page.all("Ended"), [{ _tag: "Ended", reason: "left" }])
    }).pipe(Effect.provide(gateway(() => Effect.uninterruptible(Effect.never)))),
  )
})

describe("drain", () => {
  const closing = (run: Run) =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(gateway(run), scope)
      const page = yield* Effect.provide(join(ada), context)
      yield* settle
      const closed = yield* Effect.fork(Scope.close(scope, Exit.void))
      return { page, closed, context }
    })

  it.scoped("waits for what the engine has to finish, then tells the person", () =>
    Effect.gen(function* () {
      const stored = yield* Deferred.make<void>()
      const run: Run = () => Effect.onInterrupt(Effect.never, () => Deferred.await(stored))
      const { page, closed, context } = yield* closing(run)
      yield* settle
      assert.isNull(closed.unsafePoll())
      const refused = yield* Effect.flip(Effect.provide(join(bob), context))
      assert.strictEqual(refused._tag, "GatewayFull")
      yield* Deferred.succeed(stored, undefined)
      yield* closed.await
      assert.deepStrictEqual(page.all("Ended"), [{ _tag: "Ended", reason: "drain" }])
      assert.deepStrictEqual(page.closes, [[1001, "drain"]])
    }),
  )

  it.scoped("is over within its bound though an engine does not let go", () =>
    Effect.gen(function* () {
      const { page, closed } = yield* closing(() => Effect.uninterruptible(Effect.never))
      yield* TestClock.adjust("1499 millis")
      assert.isNull(closed.unsafePoll())
      yield* TestClock.adjust("1 millis")
      yield* closed.await
      assert.deepStrictEqual(page.closes, [[1001, "drain"]])
    }),
  )
})
