import { createHash } from "node:crypto"
import type { RedisConnection } from "./RedisConnection.ts"

/** A Lua script: all of it happens at once, or nothing. */
export interface Script {
  readonly source: string
  readonly sha1: string
}

export const make = (source: string): Script => ({ source, sha1: createHash("sha1").update(source).digest("hex") })

/** The server keeps scripts by their hash until it restarts; what it does not know is sent whole. */
export const evaluate = (
  connection: RedisConnection,
  script: Script,
  keys: ReadonlyArray<string>,
  args: ReadonlyArray<string>,
): Promise<unknown> =>
  connection.evalsha(script.sha1, keys.length, ...keys, ...args).catch((error: unknown) => {
    if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error
    return connection.eval(script.source, keys.length, ...keys, ...args)
  })
