import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"
import { TokenVerifier } from "livekit-server-sdk"
import { RoomRecorder } from "../../../src/domain/media/RoomRecorder.ts"
import * as LiveKitRoomRecorder from "../../../src/infra/livekit/LiveKitRoomRecorder.ts"
import type { RecordingStorage } from "../../../src/infra/livekit/RecordingRequests.ts"
import { current, options, twirpError } from "./LiveKitSamples.ts"

const azure: RecordingStorage = {
  _tag: "AzureBlob",
  accountName: "parleyrecordings",
  accountKey: Redacted.make("account-key"),
  containerName: "recordings",
}
const s3: RecordingStorage = {
  _tag: "S3",
  bucket: "recordings",
  region: "eu-central-1",
  credentials: { accessKey: "AKIA", secret: Redacted.make("s3-secret"), sessionToken: Redacted.make("s3-session") },
}

interface Asked {
  readonly method: string
  readonly body: unknown
  readonly grants: unknown
}

/** Where the LiveKit server would be: notes what is asked, and answers as if these egresses ran. */
const egressService = (runningIds: ReadonlyArray<string>, gone: ReadonlyArray<string> = []) =>
  Effect.gen(function* () {
    const asked: Array<Asked> = []
    const verifier = new TokenVerifier(current.key, Redacted.value(current.secret))
    const answer = (method: string, body: unknown) => {
      if (method === "ListEgress") return Response.json({ items: runningIds.map((egressId) => ({ egressId })) })
      if (method !== "StopEgress") return Response.json({ egressId: "EG_new" })
      const { egressId } = Schema.decodeUnknownSync(Schema.Struct({ egressId: Schema.String }))(body)
      return gone.includes(egressId) ? twirpError(404, "not_found") : Response.json({ egressId })
    }
    const server = yield* Effect.acquireRelease(
      Effect.sync(() =>
        Bun.serve({
          port: 0,
          hostname: "127.0.0.1",
          fetch: async (request) => {
            const method = request.url.split("livekit.Egress/")[1] ?? ""
            const body: unknown = await request.json()
            const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? ""
            const { video } = await verifier.verify(token)
            asked.push({ method, body, grants: video })
            return answer(method, body)
          },
        }),
      ),
      (server) => Effect.promise(() => server.stop(true)),
    )
    return { asked, url: server.url }
  })

const recording = { room: "blue", key: "2026/11/blue-1" }

describe("what egress is asked for", () => {
  const started = (storage: RecordingStorage, media: "audio" | "video") =>
    Effect.gen(function* () {
      const { asked, url } = yield* egressService([])
      const { start } = yield* Effect.provide(RoomRecorder, LiveKitRoomRecorder.layer({ ...options({ url }), storage }))
      assert.deepStrictEqual(yield* start({ ...recording, media }), { id: "EG_new", room: "blue" })
      const [listed, begun, ...more] = asked
      assert.deepStrictEqual(listed?.body, { roomName: "blue", active: true })
      assert.deepStrictEqual(more, [])
      assert.strictEqual(begun?.method, "StartRoomCompositeEgress")
      assert.deepStrictEqual(begun?.grants, { roomRecord: true })
      return begun?.body
    })

  it.scopedLive("the sound of a room as OGG, to Azure Blob Storage", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* started(azure, "audio"), {
        roomName: "blue",
        audioOnly: true,
        audioMixing: "DUAL_CHANNEL_AGENT",
        fileOutputs: [
          {
            fileType: "OGG",
            filepath: "2026/11/blue-1.ogg",
            disableManifest: true,
            azure: { accountName: "parleyrecordings", accountKey: "account-key", containerName: "recordings" },
          },
        ],
      })
    }),
  )

  it.scopedLive("the room as MP4, to S3", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* started(s3, "video"), {
        roomName: "blue",
        layout: "speaker",
        fileOutputs: [
          {
            fileType: "MP4",
            filepath: "2026/11/blue-1.mp4",
            disableManifest: true,
            s3: {
              bucket: "recordings",
              region: "eu-central-1",
              accessKey: "AKIA",
              secret: "s3-secret",
              sessionToken: "s3-session",
            },
          },
        ],
      })
    }),
  )

  it.scopedLive("of another server than Amazon's, with what its machine is allowed", () =>
    Effect.gen(function* () {
      const own: RecordingStorage = {
        _tag: "S3",
        bucket: "recordings",
        region: "home",
        endpoint: new URL("https://objects.example.com"),
      }
      assert.deepInclude(yield* started(own, "audio"), {
        fileOutputs: [
          {
            fileType: "OGG",
            filepath: "2026/11/blue-1.ogg",
            disableManifest: true,
            s3: {
              bucket: "recordings",
              region: "home",
              endpoint: "https://objects.example.com/",
              forcePathStyle: true,
            },
          },
        ],
      })
    }),
  )
})

describe("recording by room", () => {
  const recorder = (url: URL) => LiveKitRoomRecorder.layer({ ...options({ url }), storage: azure })

  it.scopedLive("a room is not recorded twice", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* egressService(["EG_1"])
      const { start } = yield* Effect.provide(RoomRecorder, recorder(url))
      assert.deepStrictEqual(yield* start({ ...recording, media: "audio" }), { id: "EG_1", room: "blue" })
      assert.deepStrictEqual(
        asked.map(({ method }) => method),
        ["ListEgress"],
      )
    }),
  )

  it.scopedLive("all that records a room is stopped; what has ended meanwhile is no error", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* egressService(["EG_1", "EG_2"], ["EG_1"])
      const { stop } = yield* Effect.provide(RoomRecorder, recorder(url))
      yield* stop("blue")
      assert.deepStrictEqual(
        asked.map(({ body }) => body),
        [{ roomName: "blue", active: true }, { egressId: "EG_1" }, { egressId: "EG_2" }],
      )
    }),
  )

  it.scopedLive("a room that is not recorded needs no stop", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* egressService([])
      const { stop } = yield* Effect.provide(RoomRecorder, recorder(url))
      yield* stop("blue")
      assert.strictEqual(asked.length, 1)
    }),
  )
})
