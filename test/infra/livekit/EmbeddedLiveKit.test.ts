import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import { Command, FetchHttpClient, type HttpClient } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Logger, Option, Queue, Redacted, Schedule, type Scope, Stream } from "effect"
import type { MediaEvent } from "../../../src/domain/media/MediaEvent.ts"
import { MediaServer } from "../../../src/domain/media/MediaServer.ts"
import { MediaWebhook } from "../../../src/domain/media/MediaWebhook.ts"
import * as EmbeddedLiveKit from "../../../src/infra/livekit/EmbeddedLiveKit.ts"
import { describeLiveKit } from "../../support/LiveKitServer.ts"
import { join } from "./Joining.ts"

const soon = Schedule.spaced("10 millis").pipe(Schedule.upTo("5 seconds"))

/** The kernel's word for the process; an ended one that nobody has asked about yet is a `Z`. */
const stateOf = (pid: number) =>
  Option.liftThrowable(() => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0] ?? "")()

const ended = (pid: number) => Option.match(stateOf(pid), { onNone: () => true, onSome: (state) => state === "Z" })

/** Local addresses of its listening TCP and its UDP sockets, as the kernel writes them: hexadecimal, 127.0.0.1 backwards. */
const socketsOf = (pid: number) => {
  const open = readdirSync(`/proc/${pid}/fd`).flatMap((fd) =>
    Option.toArray(Option.liftThrowable(() => readlinkSync(`/proc/${pid}/fd/${fd}`))()),
  )
  const listening: Record<string, string> = { tcp: "0A", tcp6: "0A", udp: "07", udp6: "07" }
  return Object.entries(listening).flatMap(([table, wanted]) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === wanted && open.includes(`socket:[${inode}]`))
      .map(([, address]) => address ?? ""),
  )
}

const untilEnded = (pid: number) =>
  Effect.sync(() => ended(pid)).pipe(
    Effect.delay("10 millis"),
    Effect.repeat({ until: (over) => over }),
    Effect.timeout("5 seconds"),
  )

const scenario = <A, E>(
  name: string,
  test: () => Effect.Effect<A, E, BunContext.BunContext | HttpClient.HttpClient | Scope.Scope>,
) => it.scopedLive(name, () => test().pipe(Effect.provide(Layer.merge(BunContext.layer, FetchHttpClient.layer))))

/** Our own server's part: takes what LiveKit posts, and hands on what is believed. */
const webhookReceiver = Effect.gen(function* () {
  const posts = yield* Queue.bounded<{ body: string; authorization: Option.Option<string> }>(100)
  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: async (request) => {
          const authorization = Option.fromNullable(request.headers.get("authorization"))
          posts.unsafeOffer({ body: await request.text(), authorization })
          return new Response()
        },
      }),
    ),
    (server) => Effect.promise(() => server.stop(true)),
  )
  return { url: server.url, posts }
})

describeLiveKit("the embedded LiveKit server", () => {
  scenario("lets people in, tells of them, and ends with its scope", () =>
    Effect.gen(function* () {
      const { posts, url } = yield* webhookReceiver
      const pid = yield* Effect.gen(function* () {
        const server = yield* EmbeddedLiveKit.EmbeddedLiveKit
        const media = yield* MediaServer
        const webhook = yield* MediaWebhook
        yield* Effect.scoped(
          Effect.flatMap(media.personGrant({ room: "blue", identity: "person-1", name: "Ada" }), (grant) =>
            join(grant),
          ),
        )
        const told: Array<Option.Option<MediaEvent>> = []
        while (told.length < 3) {
          const { authorization, body } = yield* Queue.take(posts)
          told.push(yield* webhook.receive(body, authorization))
        }
        assert.deepStrictEqual(
          told.map(Option.map(({ _tag, room }) => [_tag, room])),
          ["RoomStarted", "ParticipantJoined", "ParticipantLeft"].map((tag) => Option.some([tag, "blue"])),
        )
        return yield* Effect.flatten(server.pid)
      }).pipe(Effect.provide(EmbeddedLiveKit.layer({ webhookUrls: [url] })), Effect.timeout("15 seconds"))
      assert.isTrue(ended(pid))
    }),
  )

  scenario("keeps its secret from other users, and its ports from other machines", () =>
    Effect.gen(function* () {
      const server = yield* EmbeddedLiveKit.make()
      const pid = yield* Effect.flatten(server.pid)
      const { key, secret } = server.keys[0]
      const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8")
      assert.isAtLeast(Redacted.value(secret).length, 64)
      assert.notInclude(read("cmdline"), Redacted.value(secret))
      assert.include(read("environ"), Redacted.value(secret))
      assert.notInclude(JSON.stringify(server), Redacted.value(secret))
      const another = yield* EmbeddedLiveKit.make()
      assert.notStrictEqual(Redacted.value(another.keys[0].secret), Redacted.value(secret))
      assert.notStrictEqual(another.keys[0].key, key)

      const own = socketsOf(pid)
      assert.strictEqual(own.length, 2, JSON.stringify(own))
      for (const address of own) assert.match(address, /^0100007F:/)
    }),
  )

  scenario("is started again when it dies, where it was and with the same key", () =>
    Effect.gen(function* () {
      const logged: Array<string> = []
      const remember = Logger.make(({ message }) => void logged.push(String(message)))
      const server = yield* EmbeddedLiveKit.make().pipe(Effect.provide(Logger.replace(Logger.defaultLogger, remember)))
      const first = yield* Effect.flatten(server.pid)
      yield* Effect.sync(() => process.kill(first, "SIGKILL"))
      const second = yield* server.pid.pipe(
        Effect.delay("10 millis"),
        Effect.repeat({ until: (pid) => Option.isSome(pid) && pid.value !== first }),
        Effect.flatten,
        Effect.timeout("5 seconds"),
      )
      assert.notStrictEqual(second, first)
      assert.deepStrictEqual(logged, ["the embedded LiveKit server ended unexpectedly; starting it again"])
      const { rooms } = yield* MediaServer.pipe(Effect.provide(EmbeddedLiveKit.layerOf(server)))
      assert.deepStrictEqual(yield* Effect.retry(rooms, soon), [])
    }),
  )

  scenario("does not outlive whoever started it, not even when that one is killed", () =>
    Effect.gen(function* () {
      const holder = yield* Command.start(Command.make(process.execPath, "test/infra/livekit/HoldLiveKit.ts"))
      const line = yield* holder.stdout.pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.filter((line) => line.startsWith("pid ")),
        Stream.runHead,
        Effect.flatten,
      )
      const pid = Number(line.slice("pid ".length))
      assert.isFalse(ended(pid))
      yield* holder.kill("SIGKILL")
      yield* untilEnded(pid)
    }),
  )

  scenario("says what the server said when a port is not to be had", () =>
    Effect.gen(function* () {
      const { url } = yield* webhookReceiver
      const error = yield* Effect.flip(EmbeddedLiveKit.make({ ports: { http: Number(url.port) } }))
      assert.include(error.message, "embedded LiveKit server: it ended at once")
      assert.include(error.message, "address already in use")
    }),
  )
})

scenario("says that there is no such program, or that it does not run", () =>
  Effect.gen(function* () {
    const missing = yield* Effect.flip(EmbeddedLiveKit.make({ program: "/nowhere/livekit-server" }))
    assert.include(missing.message, "/nowhere/livekit-server: not found")
    const silent = yield* Effect.flip(EmbeddedLiveKit.make({ program: "/bin/true" }))
    assert.include(silent.message, "it ended at once: it said nothing")
  }),
)
