import { assert, it } from "@effect/vitest"
import { Effect, Layer, Logger, LogLevel, Redacted, Schedule } from "effect"
import { RoomServiceClient } from "livekit-server-sdk"
import type { LiveKitOptions } from "../../src/infra/livekit/LiveKitOptions.ts"
import * as LiveKitMediaServer from "../../src/infra/livekit/LiveKitMediaServer.ts"
import * as LiveKitWebhook from "../../src/infra/livekit/LiveKitWebhook.ts"
import * as FreePort from "../../src/infra/postgres/embedded/FreePort.ts"
import { Server } from "../../src/http/Server.ts"
import * as Webhook from "../../src/http/Webhook.ts"
import * as MediaEvents from "../../src/services/MediaEvents.ts"
import * as TalkOverLiveKit from "../../src/services/TalkOverLiveKit.ts"
import { describeLiveKit, type LiveKitServer, makeLiveKitServer } from "../support/LiveKitServer.ts"
import { makeWorld, type World } from "../support/TalkWorld.ts"
import { testServer } from "./TestServer.ts"

const optionsOf = ({ httpUrl, key, secret, url }: LiveKitServer): LiveKitOptions => ({
  url: new URL(httpUrl),
  publicUrl: new URL(url),
  keys: [{ key, secret: Redacted.make(secret) }],
})

/** Our server with a real media server behind it; who waits and what is stored is kept in memory. */
const serverOver = (livekit: LiveKitServer, world: World, port: number) => {
  const options = optionsOf(livekit)
  const real = Layer.merge(world.layer, LiveKitMediaServer.layer(options))
  const webhook = Webhook.layer.pipe(Layer.provide([LiveKitWebhook.layer(options), MediaEvents.layer]))
  const talk = Layer.merge(TalkOverLiveKit.layer, webhook).pipe(Layer.provide(real), Layer.orDie)
  return testServer({ port }, {}, talk).pipe(Layer.provide(Logger.minimumLogLevel(LogLevel.None)))
}

/** The media server posts when it likes to. */
const eventually = (what: () => boolean) =>
  Effect.sync(what).pipe(
    Effect.repeat({ until: (is) => is, schedule: Schedule.spaced("50 millis") }),
    Effect.timeout("15 seconds"),
  )

describeLiveKit("a real LiveKit server", () => {
  it.scopedLive("tells us by its webhook that a room is gone, and who waited there waits no more", () =>
    Effect.gen(function* () {
      const port = yield* FreePort.find
      const livekit = yield* makeLiveKitServer({
        config: `webhook:\n  api_key: devkey\n  urls: ["http://127.0.0.1:${port}${Webhook.webhookPath}"]\n`,
      })
      const world = makeWorld()
      const context = yield* Layer.build(serverOver(livekit, world, port))
      const { url } = yield* Effect.provide(Server, context)
      const [gone, stays] = yield* Effect.replicateEffect(
        Effect.promise(async () => {
          const response = await Bun.fetch(new URL("/v1/conversations", url), { method: "POST", body: "{}" })
          return response.json()
        }),
        2,
      )
      assert.strictEqual(gone.join._tag, "LiveKit")
      const rooms = new RoomServiceClient(livekit.httpUrl, livekit.key, livekit.secret)
      yield* Effect.promise(() => Promise.all([gone, stays].map(({ join }) => rooms.createRoom({ name: join.room }))))
      yield* Effect.promise(() => rooms.deleteRoom(gone.join.room))
      yield* eventually(() => world.ends.has(gone.conversationId))
      assert.strictEqual(world.ends.get(gone.conversationId)?.reason, "left")
      assert.deepStrictEqual([...world.jobs.keys()], [stays.conversationId])
    }),
  )
})
