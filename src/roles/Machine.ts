import { statfs } from "node:fs/promises"
import { Effect, type Option } from "effect"

/** The Bun that runs us. */
export const bunVersion = Bun.version
/** What was tested. */
export const bunVersionMin = "1.4.5"

export const isRecentBun = (version: string) => Bun.semver.satisfies(version, `>=${bunVersionMin}`)

/** Bytes that we may still write where `path` is; none when the system does not say. */
export const freeBytes = (path: string): Effect.Effect<Option.Option<number>> =>
  Effect.tryPromise(() => statfs(path)).pipe(
    Effect.map(({ bavail, bsize }) => bavail * bsize),
    Effect.option,
  )

/** Whether the port can be listened on now; if not, why. */
export const portProblem = (hostname: string, port: number): Effect.Effect<Option.Option<string>> =>
  Effect.try({
    try: () => Bun.listen({ hostname, port, socket: { data: () => undefined } }).stop(true),
    catch: (error) => (error instanceof Error ? error.message : String(error)),
  }).pipe(Effect.flip, Effect.option)
