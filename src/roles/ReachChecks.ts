import { SqlClient } from "@effect/sql"
import { Cause, Config, Duration, Effect, Either, Option, type Redacted } from "effect"
import * as Postgres from "../infra/postgres/Postgres.ts"
import * as ModelCheck from "../providers/embedded/ModelCheck.ts"
import type { ModelPaths } from "../providers/embedded/Models.ts"
import * as ChatSettings from "../providers/openai/ChatSettings.ts"
import * as Endpoint from "../providers/openai/Endpoint.ts"
import { broken, type Check, note, ok } from "./Check.ts"
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
    detail: `DATABASE_URL does not answer (${rootMessage(Cause.squash(asked.left))})`,
    remedy: "Start that server or mend DATABASE_URL; unset it to use the embedded one.",
  })
})

/** What the innermost error says: the outer ones only say that there was one. */
const rootMessage = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message
}

/** Every weight that embedded speech needs is what was published. */
export const speech = (paths: ModelPaths) =>
  Effect.map(ModelCheck.verify(paths), (reports) =>
    reports.map(({ integrity, name, path, purpose, remedy }) =>
      integrity === "whole"
        ? ok("speech", { name, detail: `${purpose}, whole` })
        : broken("speech", { name, detail: `${purpose}, ${integrity} (${path || "package not installed"})`, remedy }),
    ),
  )

const ollama = Endpoint.models({ baseUrl: Endpoint.ollamaBaseUrl }, reachWithin).pipe(
  Effect.map((names) =>
    note("language model", { name: "Ollama", detail: `answers, with ${names.join(", ") || "no model yet"}` }),
  ),
  Effect.orElseSucceed(() =>
    note("language model", {
      name: "Ollama",
      detail: "not running here; with it (https://ollama.com) answers are a real model's",
    }),
  ),
)

/** The configured server, if there is one, and Ollama, which is found by itself. */
export const languageModel = Effect.gen(function* () {
  const settings = yield* Effect.option(ChatSettings.config)
  if (Option.isNone(settings)) return [note("language model", { name: "server", detail: "none is set" }), yield* ollama]
  const { baseUrl, model } = settings.value
  const answer = yield* Effect.either(Endpoint.models(settings.value, reachWithin))
  if (Either.isLeft(answer))
    return [
      broken("language model", {
        name: "server",
        detail: answer.left.message,
        remedy: `Start the server at ${baseUrl}, or mend PARLEY_LLM_URL and the key; unset them to talk without.`,
      }),
    ]
  const names = answer.right
  if (Option.isSome(model) && !names.includes(model.value))
    return [
      broken("language model", {
        name: "model",
        detail: `${baseUrl} has no model ${model.value}`,
        remedy: `Set PARLEY_LLM_MODEL to one of: ${names.slice(0, 10).join(", ")}.`,
      }),
    ]
  return [ok("language model", { name: "server", detail: `${baseUrl} answers, with ${names.length} models` })]
})

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
