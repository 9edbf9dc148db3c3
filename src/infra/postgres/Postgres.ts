import { PgClient } from "@effect/sql-pg"
import { Config, Effect, Layer, Redacted, String } from "effect"
import * as Embedded from "./EmbeddedPostgres.ts"

export interface PostgresOptions {
  readonly url: Redacted.Redacted
  /** Connections held at most; at least 2, because cancelling a statement takes a second one. */
  readonly poolMax: number
}

export const poolMaxDefault = 10

/** Also the longest wait for a connection that is free. */
const connectTimeout = "5 seconds"
/** The server's own limits; a URL that sets one of them keeps its value. */
const serverTimeoutsMillis = {
  statement_timeout: 10_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 30_000,
}

const withTimeouts = (url: string): string => {
  const missing = Object.entries(serverTimeoutsMillis).filter(([name]) => !url.includes(`${name}=`))
  const parameters = missing.map(([name, millis]) => `${name}=${millis}`).join("&")
  return parameters === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${parameters}`
}

/** Columns are snake_case there and camelCase here; keys inside `jsonb` are data and stay as they are. */
export const layer = ({ poolMax, url }: PostgresOptions) =>
  PgClient.layer({
    url: Redacted.make(withTimeouts(Redacted.value(url))),
    maxConnections: Math.max(2, poolMax),
    connectTimeout,
    applicationName: "parley",
    transformQueryNames: String.camelToSnake,
    transformResultNames: String.snakeToCamel,
    transformJson: false,
  })

export const layerConfig = Layer.unwrapEffect(
  Config.all({
    url: Config.redacted("DATABASE_URL"),
    poolMax: Config.integer("DATABASE_POOL_MAX").pipe(Config.withDefault(poolMaxDefault)),
  }).pipe(Effect.map(layer)),
)

/** A client of the embedded server that it finds in its context. */
export const layerOfEmbedded = (options: { readonly poolMax: number }) =>
  Layer.unwrapEffect(Effect.map(Embedded.EmbeddedPostgres, ({ url }) => layer({ url, poolMax: options.poolMax })))

/** Starts the embedded server and connects to it. */
export const layerEmbedded = (options: Embedded.EmbeddedPostgresOptions) =>
  layerOfEmbedded({ poolMax: poolMaxDefault }).pipe(Layer.provideMerge(Embedded.layer(options)))
