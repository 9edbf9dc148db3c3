import { Clock, Deferred, Duration, Effect, Stream } from "effect"
import { ProviderError, Rejected, TimedOut, Unavailable } from "../../domain/speech/ProviderError.ts"
import { sweepInterval } from "./EnginePolicy.ts"
import type { EngineMessage, EngineRequest, EngineRole, EngineSetup } from "./EngineProtocol.ts"

type Answer = Effect.Effect<unknown, ProviderError>

/** One run of an engine's process. */
export interface EngineChild {
  readonly pid: number
  /** The engine has loaded what it needs; fails when it cannot, or ends before. */
  readonly ready: Effect.Effect<void, ProviderError>
  /** Waits for its end and says how it ended. */
  readonly ended: Effect.Effect<string>
  /**
   * Fails at once when the process ends. A request that runs out of its deadline kills the process: native code that is stuck
   * cannot be stopped otherwise. Interrupting it only stops the waiting.
   */
  readonly ask: (operation: string, request: unknown, deadline: Duration.Duration) => Answer
}

interface Waiting {
  readonly operation: string
  readonly budgetMillis: number
  readonly dueMillis: number
  readonly resume: (answer: Answer) => void
}

export interface EngineIdentity {
  /** As it is named in errors. */
  readonly provider: string
  readonly role: EngineRole
  readonly setup: EngineSetup
}

const entry = `${import.meta.dirname}/engine/main.ts`

/** Native libraries write to stderr as they like; nothing of it belongs on a person's terminal. */
const logStderr = (role: EngineRole, stderr: ReadableStream<Uint8Array>) =>
  Stream.fromReadableStream({ evaluate: () => stderr, onError: String }).pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runForEach((line) => Effect.logDebug(line)),
    Effect.ignore,
    Effect.annotateLogs({ engine: role }),
  )

/** Starts the process; closing the scope kills it. It ends by itself when this process is gone, however it went. */
export const spawn = Effect.fnUntraced(function* ({ provider, role, setup }: EngineIdentity) {
  const ready = yield* Deferred.make<void, ProviderError>()
  const ended = yield* Deferred.make<string>()
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let alive = true

  const fault = (operation: string, detail: string) =>
    Effect.fail(new ProviderError({ provider, operation, reason: new Unavailable({ detail }) }))
  const settle = (id: number, answer: (request: Waiting) => Answer) => {
    const request = waiting.get(id)
    waiting.delete(id)
    request?.resume(answer(request))
  }
  const receive = (message: EngineMessage) => {
    switch (message.kind) {
      case "ready":
        return Deferred.unsafeDone(ready, Effect.void)
      case "unable": {
        const { detail, permanent } = message
        const refusal = new ProviderError({ provider, operation: "start", reason: new Rejected({ detail }) })
        return Deferred.unsafeDone(ready, permanent ? Effect.fail(refusal) : fault("start", detail))
      }
      case "answer":
        return settle(message.id, () => Effect.succeed(message.answer))
      case "failure":
        return settle(message.id, ({ operation }) => fault(operation, message.detail))
    }
  }
  const onExit = (code: number | null, signal: string | null) => {
    alive = false
    const how = signal ?? `exit code ${code}`
    const detail = `the ${role} engine ended (${how})`
    Deferred.unsafeDone(ready, fault("start", detail))
    for (const id of waiting.keys()) settle(id, ({ operation }) => fault(operation, detail))
    Deferred.unsafeDone(ended, Effect.succeed(how))
  }

  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Bun.spawn([process.execPath, entry, role, JSON.stringify(setup)], {
        stdio: ["ignore", "ignore", "pipe"],
        serialization: "advanced",
        // Native code gets no secret of ours to leak.
        env: {},
        ipc: receive,
        onExit: (_, code, signal) => onExit(code, signal === null ? null : `signal ${signal}`),
      }),
    ),
    (child) => Effect.promise(() => (child.kill("SIGKILL"), child.exited)),
  )
  yield* Effect.forkScoped(logStderr(role, child.stderr))

  // One timer for all requests: a timer each costs more than what most of them do.
  const expire = (nowMillis: number) => {
    for (const [id, { dueMillis }] of waiting) {
      if (dueMillis > nowMillis) continue
      settle(id, ({ operation, budgetMillis }) => {
        const reason = new TimedOut({ stage: "attempt", budgetMillis })
        return Effect.fail(new ProviderError({ provider, operation, reason }))
      })
      child.kill("SIGKILL")
    }
  }
  yield* Effect.sleep(sweepInterval).pipe(
    Effect.zipRight(Clock.currentTimeMillis),
    Effect.map(expire),
    Effect.forever,
    Effect.forkScoped,
  )

  const ask: EngineChild["ask"] = (operation, request, deadline) =>
    Effect.flatMap(Clock.currentTimeMillis, (nowMillis) =>
      Effect.async<unknown, ProviderError>((resume) => {
        if (!alive) return resume(fault(operation, `the ${role} engine has ended`))
        const id = ++lastId
        const budgetMillis = Duration.toMillis(deadline)
        waiting.set(id, { operation, budgetMillis, dueMillis: nowMillis + budgetMillis, resume })
        const message: EngineRequest = { id, operation, request }
        child.send(message)
        return Effect.sync(() => void waiting.delete(id))
      }),
    )
  const running: EngineChild = { pid: child.pid, ready: Deferred.await(ready), ended: Deferred.await(ended), ask }
  return running
})
