import { assert, describe, it, layer } from "@effect/vitest"
import { Duration, Effect, Exit, Layer, Option, Queue, Schema, Scope } from "effect"
import type { ConversationId } from "../../src/domain/conversation/Conversation.ts"
import { MessageId } from "../../src/domain/conversation/Message.ts"
import { ClientMessage, ServerMessage } from "../../src/domain/media/VoiceProtocol.ts"
import { Server } from "../../src/http/Server.ts"
import { testServer } from "./TestServer.ts"

const decode = Schema.decodeUnknownSync(Schema.parseJson(ServerMessage))
const encode = Schema.encodeSync(Schema.parseJson(ClientMessage))

// The DOM's types hide what Bun's own sockets can: headers, and vanishing without a goodbye.
const globals: object = globalThis
const BunWebSocket: new (url: URL, options: Bun.WebSocketOptions) => Bun.WebSocket = Reflect.get(globals, "WebSocket")

type Incoming =
  | ServerMessage
  | { readonly _tag: "Voice"; readonly generation: number; readonly samples: number }
  | { readonly _tag: "Closed"; readonly code: number }

interface Client {
  readonly socket: Bun.WebSocket
  readonly send: (message: ClientMessage) => void
  readonly first: Effect.Effect<Incoming>
  /** Waits for the next of this kind; what comes before is let go. */
  readonly next: <Tag extends Incoming["_tag"]>(tag: Tag) => Effect.Effect<Extract<Incoming, { _tag: Tag }>>
}

const isTagged =
  <Tag extends Incoming["_tag"]>(tag: Tag) =>
  (message: Incoming): message is Extract<Incoming, { _tag: Tag }> =>
    message._tag === tag

const incomingOf = (data: unknown): Incoming => {
  if (typeof data === "string") return decode(data)
  if (!(data instanceof ArrayBuffer)) return assert.fail("neither text nor bytes")
  const generation = new DataView(data).getUint32(0, true)
  return { _tag: "Voice", generation, samples: (data.byteLength - 4) / 2 }
}

const open = (path: string, headers: Record<string, string> = {}): Effect.Effect<Client, never, Server | Scope.Scope> =>
  Effect.gen(function* () {
    const { url } = yield* Server
    const incoming = yield* Queue.unbounded<Incoming>()
    const socket = yield* Effect.acquireRelease(
      Effect.sync(() => new BunWebSocket(new URL(path, url), { headers })),
      (socket) => Effect.sync(() => socket.terminate()),
    )
    socket.binaryType = "arraybuffer"
    socket.addEventListener("message", ({ data }) => Queue.unsafeOffer(incoming, incomingOf(data)))
    socket.addEventListener("close", ({ code }) => Queue.unsafeOffer(incoming, { _tag: "Closed", code }))
    const next = <Tag extends Incoming["_tag"]>(tag: Tag) =>
      Queue.take(incoming).pipe(
        Effect.map(Option.liftPredicate(isTagged(tag))),
        Effect.repeat({ until: Option.isSome }),
        Effect.flatMap(Option.match({ onNone: () => Effect.dieMessage("unreachable"), onSome: Effect.succeed })),
        Effect.timeout("5 seconds"),
        Effect.orDie,
      )
    return { socket, send: (message) => socket.send(encode(message)), first: Queue.take(incoming), next }
  })

const join = Effect.gen(function* () {
  const client = yield* open("/v1/voice")
  const welcome = yield* client.next("Welcome")
  return { ...client, conversationId: welcome.conversationId }
})

const comeBack = (id: ConversationId) => open(`/v1/voice?resume=${id}`)

const text = (digit: number, said: string): ClientMessage => ({
  _tag: "Text",
  messageId: MessageId.make(`00000000-0000-4000-8000-00000000000${digit}`),
  text: said,
})

layer(testServer(), { excludeTestServices: true })("the voice socket", (it) => {
  it.scoped("carries voice and text both ways", () =>
    Effect.gen(function* () {
      const { next, send, socket } = yield* join
      socket.send(new Uint8Array(640))
      assert.deepStrictEqual(yield* next("Voice"), { _tag: "Voice", generation: 0, samples: 320 })
      send(text(1, "hello"))
      assert.strictEqual((yield* next("UserTranscript")).text, "hello")
      send({ _tag: "Interrupt" })
      assert.deepStrictEqual(yield* next("Stop"), { _tag: "Stop", generation: 1 })
      send({ _tag: "Leave" })
      assert.deepStrictEqual(yield* next("Ended"), { _tag: "Ended", reason: "left" })
      assert.strictEqual((yield* next("Closed")).code, 1000)
    }),
  )

  it.scoped("names garbage, goes on, and closes when it does not end", () =>
    Effect.gen(function* () {
      const { next, send, socket } = yield* join
      socket.send("{nonsense")
      assert.strictEqual((yield* next("Problem")).code, "bad-message")
      socket.send(new Uint8Array(3))
      assert.match((yield* next("Problem")).message, /3 bytes/)
      send(text(1, "still here"))
      assert.strictEqual((yield* next("UserTranscript")).text, "still here")
      for (let count = 0; count < 3; count++) socket.send('{"_tag":"Nothing"}')
      assert.strictEqual((yield* next("Closed")).code, 1008)
    }),
  )

  it.scoped("closes a flood of audio, and one of messages", () =>
    Effect.gen(function* () {
      const audio = yield* join
      for (let count = 0; count < 400; count++) audio.socket.send(new Uint8Array(640))
      assert.strictEqual((yield* audio.next("Problem")).code, "flood")
      assert.strictEqual((yield* audio.next("Closed")).code, 1008)
      const messages = yield* join
      for (let count = 0; count < 60; count++) messages.send({ _tag: "Interrupt" })
      assert.strictEqual((yield* messages.next("Problem")).code, "flood")
      assert.strictEqual((yield* messages.next("Closed")).code, 1008)
    }),
  )

  it.scoped("does not take a message that is larger than any of ours", () =>
    Effect.gen(function* () {
      const { next, socket } = yield* join
      socket.send(new Uint8Array(100_000))
      yield* next("Closed")
      yield* join
    }),
  )

  it.scoped("gives a conversation back to one who vanished", () =>
    Effect.gen(function* () {
      const lost = yield* join
      lost.send(text(1, "before"))
      yield* lost.next("UserTranscript")
      lost.socket.terminate()
      const back = yield* comeBack(lost.conversationId)
      const welcome = yield* back.next("Welcome")
      assert.isTrue(welcome.resumed)
      assert.strictEqual(welcome.conversationId, lost.conversationId)
      assert.strictEqual((yield* back.next("UserTranscript")).text, "before", "what was said is shown again")
      back.send(text(2, "after"))
      assert.strictEqual((yield* back.next("UserTranscript")).text, "after")
    }),
  )

  it.scoped("gives it to the second window, and says so in the first", () =>
    Effect.gen(function* () {
      const first = yield* join
      const second = yield* comeBack(first.conversationId)
      assert.isTrue((yield* second.next("Welcome")).resumed)
      assert.strictEqual((yield* first.next("Problem")).code, "taken-over")
      assert.strictEqual((yield* first.next("Closed")).code, 4001)
      second.send(text(1, "mine"))
      assert.strictEqual((yield* second.next("UserTranscript")).text, "mine")
    }),
  )

  it.scoped("says that a conversation is over to one who comes back to it", () =>
    Effect.gen(function* () {
      const client = yield* join
      client.send({ _tag: "Leave" })
      yield* client.next("Closed")
      const late = yield* comeBack(client.conversationId)
      assert.strictEqual((yield* late.next("Problem")).code, "not-resumable")
      assert.strictEqual((yield* late.next("Closed")).code, 1008)
    }),
  )

  it.scoped("opens for no other site, and under no other name", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      for (const headers of [{ origin: "http://evil.example" }, { origin: "null" }, { host: "evil.example" }]) {
        const refused = yield* open("/v1/voice", headers)
        assert.strictEqual((yield* refused.first)._tag, "Closed", JSON.stringify(headers))
      }
      const own = yield* open("/v1/voice", { origin: url.origin })
      yield* own.next("Welcome")
    }),
  )
})

describe("the voice socket of a server that is full", () => {
  it.scopedLive("says so", () =>
    Effect.gen(function* () {
      yield* join
      const second = yield* open("/v1/voice")
      assert.strictEqual((yield* second.next("Problem")).code, "full")
      assert.strictEqual((yield* second.next("Closed")).code, 1013)
    }).pipe(Effect.provide(testServer({}, { conversationsMax: 1 }))),
  )
})

describe("a server that stops", () => {
  it.scopedLive("says goodbye on open sockets and is gone within 2 seconds", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(testServer(), scope)
      const client = yield* Effect.provide(join, context)
      const [took] = yield* Effect.timed(Scope.close(scope, Exit.void))
      assert.deepStrictEqual(yield* client.next("Ended"), { _tag: "Ended", reason: "drain" })
      assert.strictEqual((yield* client.next("Closed")).code, 1001)
      assert.isBelow(Duration.toMillis(took), 2_000)
    }),
  )
})
