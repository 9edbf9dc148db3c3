import { BunContext, BunRuntime } from "@effect/platform-bun"
import { Console, Effect, Layer } from "effect"
import * as EmbeddedPostgres from "../../src/infra/postgres/EmbeddedPostgres.ts"

// Run by tests as a process of its own: starts the server on the directory that it is given, says so, and holds it.
const dataDir = process.argv[2] ?? ""

Effect.flatMap(EmbeddedPostgres.EmbeddedPostgres, () => Console.log("ready")).pipe(
  Effect.zipRight(Effect.never),
  Effect.provide(EmbeddedPostgres.layer({ dataDir }).pipe(Layer.provide(BunContext.layer))),
  BunRuntime.runMain,
)
