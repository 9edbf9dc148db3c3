import { Clock, Deferred, Effect, Option } from "effect"
import type { WorkerId } from "../../../domain/store/DispatchJob.ts"
import * as Signal from "../../transport/Signal.ts"
import { decodeReport, type ProcessOrder, type ProcessReport } from "./ProcessProtocol.ts"

export interface ChildCommand {
  readonly worker: WorkerId
  /** The program and its arguments. */
  readonly command: ReadonlyArray<string>
  /** The whole environment; the supervisor's own when undefined. */
  readonly env: Record<string, string> | undefined
}

/** A process that holds conversations, as its supervisor sees it. */
export interface ChildProcess {
  readonly worker: WorkerId
  readonly pid: number
  readonly startedAtMillis: number
  readonly latest: () => ProcessReport | undefined
  /** When it reported last, or was started. */
  readonly heardAtMillis: () => number
  /** Returns once a report is such, at once if the latest is; for ever if it never is. */
  readonly until: (condition: (report: ProcessReport) => boolean) => Effect.Effect<void>
  /** Waits for its end and says how it ended: `exit code 0` is the good one. */
  readonly ended: Effect.Effect<string>
  /** It was told to end, and is expected to. */
  readonly isOrdered: () => boolean
  /** Repeated with each report that shows that it did not arrive, since a process that is starting may not be listening yet. */
  readonly order: (order: ProcessOrder) => Effect.Effect<void>
  readonly kill: Effect.Effect<void>
}

/** Starts it; closing the scope kills it. It drains by itself when this process is gone, however it went. */
export const spawn = Effect.fnUntraced(function* ({ command, env, worker }: ChildCommand) {
  const clock = yield* Effect.clock
  const startedAtMillis = yield* Clock.currentTimeMillis
  const ended = yield* Deferred.make<string>()
  const reported = Signal.make()
  let latest: ProcessReport | undefined
  let heardAtMillis = startedAtMillis
  let hasEnded = false
  let ordered: ProcessOrder | undefined

  const receive = (message: unknown) => {
    const report = decodeReport(message)
    if (Option.isNone(report)) return
    latest = report.value
    heardAtMillis = clock.unsafeCurrentTimeMillis()
    if (ordered !== undefined && !latest.isDraining) send(ordered)
    reported.notify()
  }
  const onExit = (code: number | null, signal: string | number | null) => {
    hasEnded = true
    Deferred.unsafeDone(ended, Effect.succeed(signal === null ? `exit code ${code}` : `signal ${signal}`))
  }
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Bun.spawn([...command], {
        stdio: ["ignore", "inherit", "inherit"],
        serialization: "json",
        ...(env === undefined ? {} : { env }),
        ipc: receive,
        onExit: (_, code, signal) => onExit(code, signal),
      }),
    ),
    (child) => Effect.promise(() => (child.kill("SIGKILL"), child.exited)),
  )

  const send = (order: ProcessOrder): void => {
    try {
      child.send(order)
    } catch {
      // Its channel has closed: it is just ending, and needs no order any more.
    }
  }
  const running: ChildProcess = {
    worker,
    pid: child.pid,
    startedAtMillis,
    latest: () => latest,
    heardAtMillis: () => heardAtMillis,
    until: (condition) => reported.until(() => latest !== undefined && condition(latest)),
    isOrdered: () => ordered !== undefined,
    ended: Deferred.await(ended),
    order: (order) =>
      Effect.sync(() => {
        ordered = order
        if (!hasEnded) send(order)
      }),
    // A stopped process, too, ends by this and by no other signal.
    kill: Effect.sync(() => child.kill("SIGKILL")),
  }
  return running
})
