import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Schema } from "effect"
import { modelPath, models } from "../../src/providers/embedded/Models.ts"
import type { Check } from "../../src/roles/Check.ts"
import { type DoctorOptions, examine } from "../../src/roles/doctor.ts"
import { parley } from "../main/Run.ts"

/** A port of this machine that somebody listens on, for as long as the scope is open. */
const busyPort = Effect.acquireRelease(
  Effect.sync(() => Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } })),
  (server) => Effect.sync(() => server.stop(true)),
).pipe(Effect.map(({ port }) => port))

/** A port that nobody listens on. */
const freePort = Effect.scoped(busyPort)

const fakeServer = (answer: () => Response) =>
  Effect.acquireRelease(
    Effect.sync(() => Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer })),
    (server) => Effect.promise(() => server.stop(true)),
  ).pipe(Effect.map(({ port }) => `http://127.0.0.1:${port}/v1`))

const diagnose = (settings: Record<string, string>, options: Partial<DoctorOptions> = {}) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped()
    return yield* examine({ json: false, port: yield* freePort, dataFolder: `${folder}/data`, ...options }).pipe(
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(settings)))),
    )
  }).pipe(Effect.provide(BunContext.layer))

const named = (checks: ReadonlyArray<Check>, name: string) => {
  const check = checks.find((check) => check.name === name)
  assert.isDefined(check, name)
  return check
}
const brokenNames = (checks: ReadonlyArray<Check>) =>
  checks.filter(({ status }) => status === "broken").map(({ name }) => name)

describe("parley doctor", () => {
  it.scopedLive("finds nothing wrong when nothing is set", () =>
    Effect.gen(function* () {
      const checks = yield* diagnose({})
      assert.deepStrictEqual(brokenNames(checks), [])
      assert.include(named(checks, "database").detail, "embedded")
      for (const name of Object.keys(models)) assert.include(named(checks, name).detail, "whole")
    }),
  )

  it.scopedLive("says what is set, and keeps secrets", () =>
    Effect.gen(function* () {
      const server = yield* fakeServer(() => Response.json({ data: [{ id: "small" }] }))
      const settings = { PARLEY_LLM_URL: server, PARLEY_LLM_KEY: "sk-secret", PARLEY_LLM_MODEL: "small" }
      const checks = yield* diagnose(settings)
      assert.deepStrictEqual(brokenNames(checks), [])
      assert.include(named(checks, "PARLEY_LLM_URL").detail, server)
      assert.include(named(checks, "PARLEY_LLM_KEY").detail, "hidden")
      assert.notInclude(JSON.stringify(checks), "sk-secret")
    }),
  )

  it.scopedLive("finds one changed byte in a model, and says how to repair it", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const folder = yield* files.makeTempDirectoryScoped()
      const bytes = yield* files.readFile(modelPath(models["silero-vad"], {}) ?? "")
      bytes[1_000] = (bytes[1_000] ?? 0) ^ 1
      yield* files.writeFile(`${folder}/vad.onnx`, bytes)
      const checks = yield* diagnose({}, { models: { "silero-vad": `${folder}/vad.onnx`, flite: `${folder}/none` } })
      assert.deepStrictEqual(brokenNames(checks).sort(), ["flite", "silero-vad"])
      assert.match(named(checks, "silero-vad").detail, /corrupt/)
      assert.match(named(checks, "flite").detail, /missing/)
      for (const name of ["flite", "silero-vad"]) assert.match(named(checks, name).remedy, /bun install --force/)
    }).pipe(Effect.provide(BunContext.layer)),
  )

  it.scopedLive("finds servers that refuse, a model that is not there, and a busy port", () =>
    Effect.gen(function* () {
      const nobody = yield* freePort
      const refused = yield* diagnose(
        {
          PARLEY_LLM_URL: `http://127.0.0.1:${nobody}/v1`,
          DATABASE_URL: `postgres://someone:secret@127.0.0.1:${nobody}/parley`,
        },
        { port: yield* busyPort },
      )
      assert.deepStrictEqual(brokenNames(refused).sort(), ["database", "model", "port"])
      for (const check of refused) assert.strictEqual(check.remedy !== "", check.status === "broken", check.name)
      assert.notInclude(JSON.stringify(refused), "secret@")

      const server = yield* fakeServer(() => Response.json({ data: [{ id: "small" }] }))
      const noModel = yield* diagnose({ PARLEY_LLM_URL: server, PARLEY_LLM_MODEL: "large" })
      assert.match(named(noModel, "model").remedy, /PARLEY_LLM_MODEL/)

      const strict = yield* fakeServer(() => new Response("no such key", { status: 401 }))
      const noKey = yield* diagnose({ PARLEY_LLM_URL: strict })
      assert.match(named(noKey, "model").detail, /401/)
    }),
  )

  it.scopedLive("does not wait for a server that says nothing", () =>
    Effect.gen(function* () {
      const mute = yield* busyPort
      const checks = yield* diagnose({
        PARLEY_LLM_URL: `http://127.0.0.1:${mute}/v1`,
        DATABASE_URL: `postgres://someone@127.0.0.1:${mute}/parley`,
      }).pipe(Effect.timeout("8 seconds"))
      assert.deepStrictEqual(brokenNames(checks).sort(), ["database", "model"])
    }),
  )

  it.scopedLive("finds a data folder that cannot be one", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const folder = yield* files.makeTempDirectoryScoped()
      yield* files.writeFileString(`${folder}/file`, "")
      const checks = yield* diagnose({}, { dataFolder: `${folder}/file/data` })
      assert.deepStrictEqual(brokenNames(checks), ["folder"])
    }).pipe(Effect.provide(BunContext.layer)),
  )
})

const Document = Schema.parseJson(
  Schema.Struct({
    healthy: Schema.Boolean,
    checks: Schema.Array(Schema.Struct({ name: Schema.String, status: Schema.String, remedy: Schema.String })),
  }),
)

describe("parley doctor, the command", () => {
  it.scopedLive("prints one document and exits with 1 when something is broken", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const cwd = yield* files.makeTempDirectoryScoped()
      yield* files.writeFileString(`${cwd}/.env`, "PARLEY_LLM_MODEL=small\n")
      const port = String(yield* busyPort)
      const sick = yield* parley(["doctor", "--json", "--port", port], { cwd })
      assert.strictEqual(sick.code, 1)
      const { checks, healthy } = yield* Schema.decode(Document)(sick.stdout)
      assert.isFalse(healthy)
      assert.strictEqual(checks.find(({ name }) => name === "port")?.status, "broken")
      assert.strictEqual(sick.stderr, "")

      const well = yield* parley(["doctor", "--port", String(yield* freePort)], { cwd })
      assert.strictEqual(well.code, 0)
      assert.include(well.stdout, "PARLEY_LLM_MODEL: small, from .env")
      assert.include(well.stdout, "All that is needed is there.")
    }).pipe(Effect.provide(BunContext.layer)),
  )
})
