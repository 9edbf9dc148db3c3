import { spawn, type SpawnOptions } from "node:child_process"
import { Effect } from "effect"

/** A user that a child process runs as; undefined means ours. */
export type RunAs = { readonly uid: number; readonly gid: number } | undefined

/** The C locale keeps messages in English; a fixed environment keeps PG* variables of the caller away from the server. */
export const spawnOptions = (runAs: RunAs, cwd: string): SpawnOptions => ({
  cwd,
  ...runAs,
  ...(process.platform === "win32" ? {} : { env: { LC_ALL: "C", TZ: "UTC", PATH: "/usr/bin:/bin" } }),
  // Its own session: Ctrl-C in the terminal must reach us alone, so that we end it after its clients.
  detached: process.platform !== "win32",
  windowsHide: true,
})

export interface Finished {
  /** -1: it could not be started, or a signal ended it. */
  readonly exitCode: number
  /** Both of its outputs, at most the last 8,000 characters. */
  readonly output: string
}

const outputLengthMax = 8_000

/** Runs a program to its end. Interrupting it terminates the program. */
export const run = (
  command: string,
  args: ReadonlyArray<string>,
  options: { readonly runAs: RunAs; readonly cwd: string },
): Effect.Effect<Finished> =>
  Effect.async<Finished>((resume) => {
    let output = ""
    const append = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputLengthMax)
    }
    const child = spawn(command, [...args], {
      ...spawnOptions(options.runAs, options.cwd),
      stdio: ["ignore", "pipe", "pipe"],
    })
    child.stdout?.on("data", append)
    child.stderr?.on("data", append)
    child.once("error", (error) => resume(Effect.succeed({ exitCode: -1, output: error.message })))
    child.once("close", (code) => resume(Effect.succeed({ exitCode: code ?? -1, output })))
    return Effect.sync(() => child.kill("SIGTERM"))
  })
