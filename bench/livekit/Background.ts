import { closeSync, openSync } from "node:fs"
import { Effect, type Scope } from "effect"
import { BenchmarkError } from "../Benchmark.ts"
import { tree } from "./people/Processes.ts"

export interface BackgroundOptions {
  readonly name: string
  readonly command: ReadonlyArray<string>
  readonly env?: Record<string, string>
  /** Where it writes what it says; a peer's log is loud. */
  readonly logFile: string
}

const killTree = (pid: number) => {
  // The tree is read first: children of a dead process are nobody's.
  for (const each of tree(pid)) {
    try {
      process.kill(each, "SIGKILL")
    } catch {
      // It has ended.
    }
  }
}

/** A program that runs until the scope closes; then it and all its children are killed. Answers its process id. */
export const start = ({
  command,
  env,
  logFile,
  name,
}: BackgroundOptions): Effect.Effect<number, BenchmarkError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({
      try: () => {
        const log = openSync(logFile, "w")
        const child = Bun.spawn([...command], {
          env: { ...process.env, ...env },
          stdin: "ignore",
          stdout: log,
          stderr: log,
        })
        closeSync(log)
        return child.pid
      },
      catch: (cause) => new BenchmarkError({ message: `${name} was not started: ${cause}` }),
    }),
    (pid) => Effect.sync(() => killTree(pid)),
  )
