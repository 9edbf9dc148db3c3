/**
 * The entry of a speech engine's own process: `bun main.ts ROLE SETUP`, with an IPC channel to its parent.
 *
 * Native code runs here and not in the parent because a fault in it ends the whole process. No Effect here on purpose: this
 * process is a thin shell around foreign code, starts with every `parley`, and each module costs start time and memory.
 */
import type { Calls, EngineMessage, EngineRequest, EngineSetup } from "../EngineProtocol.ts"
import { UnusableModel } from "../ModelIntegrity.ts"

export type Handlers<C extends Calls> = {
  readonly [Operation in keyof C]: (
    request: C[Operation]["request"],
  ) => C[Operation]["answer"] | Promise<C[Operation]["answer"]>
}

const tell = (message: EngineMessage): void => void process.send?.(message)

// Ctrl-C reaches the whole group: the parent still needs its engines to finish what it is saying.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {})
// The parent is gone, however it went. Not `exit`: that would wait for native threads and run their destructors.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"))

const open = async (role: string | undefined, setup: EngineSetup): Promise<Handlers<Calls>> => {
  const opened =
    role === "synthesis"
      ? await (await import("./Synthesis.ts")).open(setup)
      : await (await import("./Recognition.ts")).open(setup)
  return opened as Handlers<Calls>
}

const serve = (handlers: Handlers<Calls>): void => {
  process.on("message", async ({ id, operation, request }: EngineRequest) => {
    try {
      const handler = handlers[operation]
      if (handler === undefined) throw new Error(`no operation ${operation}`)
      tell({ kind: "answer", id, answer: await handler(request) })
    } catch (cause) {
      tell({ kind: "failure", id, detail: String(cause) })
    }
  })
  tell({ kind: "ready" })
}

const [role, setup] = process.argv.slice(2)
open(role, JSON.parse(setup ?? "{}")).then(serve, (cause: unknown) => {
  const permanent = cause instanceof UnusableModel
  tell({ kind: "unable", detail: permanent ? cause.message : String(cause), permanent })
})
