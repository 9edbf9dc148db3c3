import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { Deferred, Duration, Effect, Queue, Redacted, type Scope } from "effect"
import type { Cluster } from "./Cluster.ts"
import { type EmbeddedPostgresError, EmbeddedPostgresReason, failWith, fromOutput } from "./EmbeddedPostgresError.ts"
import * as Postmaster from "./Postmaster.ts"
import type { ServerBinaries } from "./ServerBinaries.ts"
import { settings } from "./ServerSettings.ts"
import { type RunAs, spawnOptions } from "./Subprocess.ts"

export interface ServerProcess {
  /** Waits until connections are accepted; fails with what the server said if it ends before. */
  readonly ready: Effect.Effect<void, EmbeddedPostgresError>
  /** Waits for the server's end. */
  readonly ended: Effect.Effect<void>
  /** What the server writes, line by line. Bounded: the oldest unread lines are lost. */
  readonly lines: Queue.Dequeue<string>
}

export interface LaunchOptions {
  readonly cluster: Cluster
  readonly binaries: ServerBinaries
  readonly runAs: RunAs
  readonly home: string
  readonly port: number
}

/** Recovery after a crash reads at most `max_wal_size`; this is a slow disk's time for it. */
const readyTimeout = Duration.seconds(60)
const logLinesMax = 256
const tailLinesMax = 20

/**
 * Standard input is a pipe from us. It closes when we close it or when we die, however that happens: then the server is asked
 * for a fast shutdown, again and again because it hears nothing while it is being loaded. So no server outlives us, at the
 * price of two sleeping shells. The last line ends what else is left of this process group.
 */
const guard = `
exec 3<&0
"$@" 3<&- </dev/null &
server=$!
(read -r _ <&3; while kill -INT $server; do sleep 1; done) >/dev/null 2>&1 &
exec 3<&-
wait $server
trap '' TERM
kill -TERM 0
`

const start = ({ binaries, cluster, home, port, runAs }: LaunchOptions): ChildProcess => {
  const command = [binaries.program("postgres"), ...settings(cluster.dataDir, port)]
  const guarded = process.platform === "win32" ? command : ["/bin/sh", "-c", guard, "parley-postgres", ...command]
  const [program = "", ...args] = guarded
  return spawn(program, args, { ...spawnOptions(runAs, home), stdio: ["pipe", "ignore", "pipe"] })
}

/** Starts the server; closing the scope stops it within 2 s. */
export const launch = (options: LaunchOptions): Effect.Effect<ServerProcess, never, Scope.Scope> =>
  Effect.gen(function* () {
    const ready = yield* Deferred.make<void, EmbeddedPostgresError>()
    const ended = yield* Deferred.make<void>()
    const lines = yield* Queue.sliding<string>(logLinesMax)
    const tail: Array<string> = []

    yield* Effect.acquireRelease(
      Effect.sync(() => {
        const child = start(options)
        const fail = (output: string) => {
          const error = fromOutput("starting the server", options.cluster.dataDir, options.port, output)
          Deferred.unsafeDone(ready, Effect.fail(error))
          Deferred.unsafeDone(ended, Effect.void)
        }
        if (child.stderr !== null) {
          createInterface({ input: child.stderr }).on("line", (line) => {
            tail.push(line)
            if (tail.length > tailLinesMax) tail.shift()
            lines.unsafeOffer(line)
            if (line.includes("database system is ready to accept connections")) {
              Deferred.unsafeDone(ready, Effect.void)
            }
          })
        }
        child.once("error", (error) => fail(error.message))
        child.once("close", () => fail(tail.join("\n")))
        // The pipe breaks when the server ends by itself; that end is told by "close".
        child.stdin?.on("error", () => {})
        return child
      }),
      (child) =>
        Effect.gen(function* () {
          yield* Effect.sync(() => child.stdin?.end())
          yield* Postmaster.stop(options.cluster.dataDir, Deferred.await(ended))
        }),
    )
    const timedOut = () =>
      failWith(
        EmbeddedPostgresReason.Failed({
          step: "starting the server",
          detail: `not ready after ${Duration.format(readyTimeout)}`,
        }),
      )
    return {
      ready: Deferred.await(ready).pipe(Effect.timeoutFail({ duration: readyTimeout, onTimeout: timedOut })),
      ended: Deferred.await(ended),
      lines,
    }
  })

export const url = ({ password }: Cluster, port: number): Redacted.Redacted =>
  Redacted.make(`postgresql://parley:${Redacted.value(password)}@127.0.0.1:${port}/postgres`)
