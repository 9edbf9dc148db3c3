import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { Deferred, Duration, Effect, Queue, Redacted, type Scope } from "effect"
import { within } from "../../../domain/Within.ts"

export interface ServerProcess {
  readonly pid: number
  /** Waits for the server's end; answers what it said last. */
  readonly ended: Effect.Effect<string>
  /** What the server writes, line by line. Bounded: the oldest unread lines are lost. */
  readonly lines: Queue.Dequeue<string>
}

const logLinesMax = 256
const tailLinesMax = 10
const tailCharsMax = 2_000
/** A little more than the guard takes. */
const endsWithin = Duration.millis(1_500)

/**
 * Standard input is a pipe from us. It closes when we close it or when we die, however that happens; then the watcher asks the
 * server to end, asks for it at once, and kills it. The server takes the place of this shell, so its process id is ours to know.
 */
const guard = `
exec 3<&0
server=$$
(read -r _ <&3; kill -TERM $server && sleep 0.1 && kill -INT $server && sleep 1 && kill -KILL $server) >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null
`

/** By the environment, not by arguments, which everyone on the machine may read. The caller's own is kept away: it might configure another server. */
const start = (program: string, config: Redacted.Redacted) =>
  spawn("/bin/sh", ["-c", guard, "parley-livekit", program], {
    env: { PATH: "/usr/bin:/bin", LIVEKIT_CONFIG: Redacted.value(config) },
    stdio: ["pipe", "pipe", "pipe"],
    // Its own session: Ctrl-C in the terminal must reach us alone, so that we end it after its clients.
    detached: true,
  })

/** Starts the server; closing the scope ends it within 2 s, and so does our own death. */
export const launch = (program: string, config: Redacted.Redacted): Effect.Effect<ServerProcess, never, Scope.Scope> =>
  Effect.gen(function* () {
    const ended = yield* Deferred.make<string>()
    const lines = yield* Queue.sliding<string>(logLinesMax)
    const tail: Array<string> = []
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const child = start(program, config)
        const end = (last: string) => {
          child.stdin.end()
          Deferred.unsafeDone(ended, Effect.succeed(last.slice(-tailCharsMax)))
        }
        for (const input of [child.stdout, child.stderr]) {
          createInterface({ input }).on("line", (line) => {
            tail.push(line)
            if (tail.length > tailLinesMax) tail.shift()
            lines.unsafeOffer(line)
          })
        }
        child.once("error", ({ message }) => end(message))
        child.once("close", () => end(tail.join("\n")))
        // The pipe breaks when the server ends by itself; that end is told by "close".
        child.stdin.on("error", () => {})
        return child
      }),
      (child) =>
        Effect.sync(() => child.stdin.end()).pipe(
          Effect.zipRight(within(endsWithin)(Deferred.await(ended))),
          Effect.zipRight(Effect.sync(() => child.kill("SIGKILL"))),
        ),
    )
    return { pid: child.pid ?? 0, ended: Deferred.await(ended), lines }
  })
