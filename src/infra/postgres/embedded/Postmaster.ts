import { execFileSync } from "node:child_process"
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { Effect, Option, Schedule } from "effect"

/** A fast shutdown writes a checkpoint; after this an immediate one leaves that to the next start. Nothing is lost by either. */
const fastShutdownTimeout = "1 second"
const immediateShutdownTimeout = "500 millis"
const killTimeout = "400 millis"
const pollInterval = "10 millis"

const attempt = <A>(evaluate: () => A): Option.Option<A> => Option.liftThrowable(evaluate)()

const commandLine = (pid: number): string => {
  if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
  return execFileSync("/bin/ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" })
}

const isAlive = (pid: number) => Option.isSome(attempt(() => process.kill(pid, 0)))

/** Only a server on this very directory counts: process ids are given away again, soon so in a container. */
const isServerOn = (pid: number, dataDir: string) =>
  process.platform === "win32"
    ? isAlive(pid)
    : Option.exists(
        attempt(() => commandLine(pid)),
        (line) => line.includes("postgres") && line.includes(dataDir),
      )

/** The process id of a live server on the directory, from the file that a server keeps there. */
export const find = (dataDir: string): Effect.Effect<Option.Option<number>> =>
  Effect.sync(() =>
    attempt(() => Number(readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n")[0])).pipe(
      Option.filter((pid) => Number.isInteger(pid) && pid > 0 && isServerOn(pid, dataDir)),
    ),
  )

const signal = (pid: number, name: NodeJS.Signals) => Effect.sync(() => attempt(() => process.kill(pid, name)))

/** Asks for a fast shutdown, then for an immediate one, then kills: each when `ended` has not come within the time before. */
export const stop = Effect.fnUntraced(function* (dataDir: string, ended: Effect.Effect<void>) {
  const steps = [
    ["SIGINT", fastShutdownTimeout],
    ["SIGQUIT", immediateShutdownTimeout],
    ["SIGKILL", killTimeout],
  ] as const
  for (const [name, timeout] of steps) {
    const pid = yield* find(dataDir)
    if (Option.isSome(pid)) yield* signal(pid.value, name)
    // A finalizer runs uninterruptibly, and there a timeout would wait for what it gives up.
    const done = yield* Effect.timeoutOption(Effect.interruptible(ended), timeout)
    if (Option.isSome(done)) return
  }
  yield* Effect.logError(`the server on ${dataDir} does not end`)
})

/**
 * Ends a server that an earlier process of ours left behind, and clears the file by which it would be found. Call it only while
 * holding the directory's lock: then whatever runs there is nobody's.
 */
export const clear = Effect.fnUntraced(function* (dataDir: string) {
  const gone = find(dataDir).pipe(
    Effect.repeat({ schedule: Schedule.spaced(pollInterval), until: Option.isNone }),
    Effect.asVoid,
  )
  yield* stop(dataDir, gone)
  yield* Effect.sync(() => rmSync(join(dataDir, "postmaster.pid"), { force: true }))
})
