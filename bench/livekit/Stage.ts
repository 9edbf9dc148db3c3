import { FetchHttpClient, FileSystem } from "@effect/platform"
import { Effect, Option, Redacted, Schedule } from "effect"
import { BenchmarkError } from "../Benchmark.ts"
import * as FreePort from "../../src/infra/postgres/embedded/FreePort.ts"
import * as EmbeddedLiveKit from "../../src/infra/livekit/EmbeddedLiveKit.ts"
import * as Background from "./Background.ts"
import type { PeoplePlan } from "./PeoplePlan.ts"

/** The servers that every side of a comparison uses, in a folder that goes when the scope closes. */
export interface Stage {
  readonly folder: string
  readonly server: PeoplePlan["server"]
  readonly serverPid: number
  readonly redisUrl: string
}

const redisReady = (port: number) =>
  Effect.tryPromise(() => Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => {} } })).pipe(
    Effect.tap((socket) => Effect.sync(() => socket.end())),
    Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo("5 seconds"))),
    Effect.mapError(
      () => new BenchmarkError({ message: "redis-server did not answer: `bun run services` installs it" }),
    ),
  )

const redis = Effect.fnUntraced(function* (folder: string) {
  const port = yield* FreePort.find
  const command = ["redis-server", "--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder]
  yield* Background.start({ name: "redis-server", command, logFile: `${folder}/redis.log` })
  yield* redisReady(port)
  return `redis://127.0.0.1:${port}`
})

export const open = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const folder = yield* files.makeTempDirectoryScoped({ prefix: "parley-bench-" })
  const liveKit = yield* EmbeddedLiveKit.make().pipe(Effect.provide(FetchHttpClient.layer))
  const { keys, pid, url } = liveKit
  const stage: Stage = {
    folder,
    server: { url: url.href, key: keys[0].key, secret: Redacted.value(keys[0].secret) },
    serverPid: Option.getOrElse(yield* pid, () => 0),
    redisUrl: yield* redis(folder),
  }
  return stage
}).pipe(Effect.mapError((error) => new BenchmarkError({ message: `the servers were not started: ${error.message}` })))
