import type { HttpClient } from "@effect/platform"
import { SqlClient } from "@effect/sql"
import { Cause, Config, Duration, Effect, Either, Option, type Redacted } from "effect"
import * as Postgres from "../infra/postgres/Postgres.ts"
import * as ModelCheck from "../providers/embedded/ModelCheck.ts"
import type { ModelPaths } from "../providers/embedded/Models.ts"
import * as Selection from "../providers/Selection.ts"
import { broken, type Check, note, ok } from "./Check.ts"
import * as Failure from "./Failure.ts"
import * as Machine from "./Machine.ts"

/** A server that takes longer than this to say anything is no use in a conversation. */
const reachWithin = Duration.seconds(3)

/** The server of one's own: a question is asked, so that name, password and database are tried, too. */
export const database: Effect.Effect<Check> = Effect.gen(function* () {
  const url = yield* Config.option(Config.redacted(Config.nonEmptyString("DATABASE_URL"))).pipe(
    Effect.orElseSucceed(Option.none<Redacted.Redacted>),
  )
  if (Option.isNone(url)) return note("data", { name: "database", detail: "embedded, started by `parley dev`" })
  const asked = yield* Effect.flatMap(SqlClient.SqlClient, (sql) => sql`SELECT 1`).pipe(
    Effect.provide(Postgres.layer({ url: url.value, poolMax: 2 })),
    Effect.timeoutFail({ duration: reachWithin, onTimeout: () => new Error("no answer within 3 s") }),
    Effect.sandbox,
    Effect.either,
  )
  if (Either.isRight(asked)) return ok("data", { name: "database", detail: "DATABASE_URL answers" })
  return broken("data", {
    name: "database",
    detail: `DATABASE_URL does not answer (${Failure.innermost(Cause.squash(asked.left))})`,
    remedy: "Start that server or mend DATABASE_URL; unset it to use the embedded one.",
  })
})

/** Every weight that embedded speech needs is what was published. */
export const speech = (paths: ModelPaths) =>
  Effect.map(ModelCheck.verify(paths), (reports) =>
    reports.map(({ integrity, name, path, purpose, remedy }) =>
      integrity === "whole"
        ? ok("speech", { name, detail: `${purpose}, whole` })
        : broken("speech", { name, detail: `${purpose}, ${integrity} (${path || "package not installed"})`, remedy }),
    ),
  )

/** The language model that would talk now. */
export const languageModel: Effect.Effect<Check, never, HttpClient.HttpClient> = Selection.languageModelReport().pipe(
  Effect.map(({ advice, configured, detail, name, usable }) => {
    const found = `${name}, by ${configured}: ${detail}`
    const what = Option.getOrElse(advice, () => "")
    return usable
      ? ok("language model", { name: "model", detail: what === "" ? found : `${found}; ${what}` })
      : broken("language model", { name: "model", detail: found, remedy: what })
  }),
  Effect.catchAll((error) =>
    Effect.succeed(broken("language model", { name: "model", detail: String(error), remedy: "Mend that setting." })),
  ),
)

export const port = (hostname: string, number: number) =>
  Effect.map(
    Machine.portProblem(hostname, number),
    Option.match({
      onNone: () => ok("network", { name: "port", detail: `${number} is free` }),
      onSome: (problem) =>
        broken("network", {
          name: "port",
          detail: `${number} cannot be used: ${problem}`,
          remedy: "End what uses it (perhaps a `parley dev` that runs), or set PARLEY_PORT or --port.",
        }),
    }),
  )
