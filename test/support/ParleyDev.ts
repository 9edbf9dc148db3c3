import { readdirSync, readFileSync } from "node:fs"
import { Data, Effect, Fiber, Mailbox, type Scope, Stream } from "effect"
import { bareEnvironment, projectRoot } from "../main/Run.ts"

const readyWithin = "60 seconds"
const linesKeptMax = 1_000

class Unreadable extends Data.TaggedError("Unreadable")<{ readonly cause: unknown }> {}

export interface DevOptions {
  /** 0, the default: any that is free. */
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
}

/** `parley dev` in a process of its own. */
export interface ParleyDev {
  readonly url: string
  readonly pid: number
  /** From the start of the process to its printed link. */
  readonly readyMillis: number
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Its exit code, once it has ended. */
  readonly exited: Effect.Effect<number>
}

export interface Stopped {
  readonly code: number
  readonly millis: number
  /** What it had started, directly or not. */
  readonly family: ReadonlyArray<number>
  /** Those of them that outlive it. */
  readonly orphans: ReadonlyArray<number>
}

const stat = (pid: string) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
  } catch {
    return undefined
  }
}

/** Every process that a process started, directly or not. Linux only, as are these tests in CI. */
export const descendants = (root: number): ReadonlyArray<number> => {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const fields = stat(pid)
        ?.replace(/^.*\) /, "")
        .split(" ")
      return fields === undefined ? [] : [[Number(pid), Number(fields[1])] as const]
    })
  const below = (parent: number): ReadonlyArray<number> =>
    parents.flatMap(([pid, ppid]) => (ppid === parent ? [pid, ...below(pid)] : []))
  return below(root)
}

export const isAlive = (pid: number) => {
  const fields = stat(String(pid))
  return fields !== undefined && !/\) Z /.test(fields)
}

const spawn = (home: string, { port = 0, env }: DevOptions) =>
  Bun.spawn([process.execPath, `${projectRoot}src/main.ts`, "dev", "--port", String(port), "--data", `${home}/data`], {
    cwd: home,
    // Over the voice socket, wherever a LiveKit server happens to be installed.
    env: { ...bareEnvironment(home), PARLEY_MEDIA: "websocket", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  })

/** Once it has printed its link; its data is in `home`. Killed with the scope, should it still be there. */
export const start = (home: string, options: DevOptions = {}): Effect.Effect<ParleyDev, never, Scope.Scope> =>
  Effect.gen(function* () {
    const startedAt = performance.now()
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(home, options)),
      (child) => Effect.promise(() => (child.kill("SIGKILL"), child.exited)),
    )
    const lines = yield* Mailbox.fromStream(
      Stream.fromReadableStream(
        () => child.stdout,
        (cause) => new Unreadable({ cause }),
      ).pipe(Stream.decodeText(), Stream.splitLines),
      { capacity: linesKeptMax },
    )
    const errors = yield* Effect.fork(Effect.promise(() => new Response(child.stderr).text()))
    const link: Effect.Effect<string, unknown, never> = Effect.flatMap(lines.take, (line) => {
      const url = /http:\/\/\S+/.exec(line)
      return url === null ? link : Effect.succeed(url[0])
    })
    const url = yield* link.pipe(
      Effect.timeout(readyWithin),
      Effect.orElse(() => Effect.flatMap(Fiber.join(errors), (text) => Effect.die(new Error(`not ready: ${text}`)))),
    )
    return {
      url,
      pid: child.pid,
      readyMillis: performance.now() - startedAt,
      signal: (signal) => Effect.sync(() => child.kill(signal)),
      exited: Effect.promise(() => child.exited),
    }
  })

/** Ends it as a person or a machine does. */
export const stop = (running: ParleyDev, signal: "SIGINT" | "SIGTERM"): Effect.Effect<Stopped> =>
  Effect.gen(function* () {
    const family = descendants(running.pid)
    const startedAt = performance.now()
    yield* running.signal(signal)
    const code = yield* running.exited
    const millis = performance.now() - startedAt
    return { code, millis, family, orphans: family.filter(isAlive) }
  })
