import { FetchHttpClient, FileSystem, HttpClient } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { start, stop } from "../support/ParleyDev.ts"
import { parley } from "./Run.ts"

/** What is promised, and what a machine that runs other tests beside may add. */
const stopMillisMax = 2_000 + 1_500

const inHome = <A, E, R>(use: (home: string) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    return yield* use(yield* files.makeTempDirectoryScoped())
  }).pipe(Effect.scoped, Effect.provide(BunContext.layer))

const get = (url: string) => HttpClient.get(url).pipe(Effect.provide(FetchHttpClient.layer))
/** Who the page is for: kept in the database. */
const me = (origin: string) =>
  Effect.flatMap(get(`${origin}/v1/me`), (response) => response.json).pipe(
    Effect.flatMap(Schema.decodeUnknown(Schema.Struct({ id: Schema.String, name: Schema.String }))),
  )

describe("parley dev", () => {
  it.live(
    "starts, serves, ends without a trace, and starts again sooner",
    () =>
      inHome((home) =>
        Effect.gen(function* () {
          const first = yield* start(home)
          assert.strictEqual((yield* get(`${first.url}/healthz`)).status, 200)
          const page = yield* get(first.url)
          assert.strictEqual(page.status, 200)
          assert.include(yield* page.text, "<html")
          const who = yield* me(first.url)
          const ended = yield* stop(first, "SIGINT")
          assert.deepStrictEqual([ended.code, ended.orphans], [0, []])
          assert.isAtLeast(ended.family.length, 2, "there were processes to leave behind")
          assert.isBelow(ended.millis, stopMillisMax)

          const second = yield* start(home)
          assert.isBelow(second.readyMillis, 6_000)
          assert.deepStrictEqual(yield* me(second.url), who)
          const again = yield* stop(second, "SIGTERM")
          assert.deepStrictEqual([again.code, again.orphans], [0, []])
          assert.isBelow(again.millis, stopMillisMax)
        }),
      ),
    120_000,
  )

  it.live(
    "refuses a port and a folder that are taken, in one line each",
    () =>
      inHome((home) =>
        Effect.gen(function* () {
          const running = yield* start(home)
          const { port } = new URL(running.url)
          const busy = yield* parley(["dev", "--port", port, "--data", `${home}/other`], { cwd: home })
          assert.strictEqual(busy.code, 1)
          assert.match(busy.stderr, new RegExp(`parley dev: port ${port} .* is taken`))
          assert.isBelow(busy.stderr.trim().split("\n").length, 3)

          const held = yield* parley(["dev", "--port", "0", "--data", `${home}/data`], { cwd: home })
          assert.strictEqual(held.code, 1)
          assert.match(held.stderr, new RegExp(`is in use by process ${running.pid}`))
          yield* stop(running, "SIGTERM")
        }),
      ),
    120_000,
  )

  it.live("refuses a setting that is broken, by name", () =>
    inHome((home) =>
      Effect.gen(function* () {
        const env = { DATABASE_URL: "postgres://someone@127.0.0.1:1/parley" }
        const { code, stderr } = yield* parley(["dev", "--port", "0", "--data", `${home}/data`], { cwd: home, env })
        assert.strictEqual(code, 1)
        assert.include(stderr, "DATABASE_URL")
        assert.isBelow(stderr.trim().split("\n").length, 4)
      }),
    ),
  )
})
