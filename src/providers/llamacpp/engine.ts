/**
 * The entry of the process that holds a model: `bun engine.ts SETUP`, with an IPC channel to its parent.
 *
 * llama.cpp runs here and not in the parent, because it ends its process when a model file is broken or memory is short, and because its
 * memory is given back as a whole. No Effect here on purpose: this is a thin shell around foreign code.
 */
import type { ChatModelFunctions, LlamaChatResponse, LlamaContextSequence } from "node-llama-cpp"
import type { EngineAnswer, EngineChat, EngineMessage, EngineRequest, EngineSetup } from "./EngineProtocol.ts"

const tell = (message: EngineMessage): void => void process.send?.(message)

// Ctrl-C reaches the whole group; the parent decides when this ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {})
// The parent is gone, however it went. Not `exit`: that would wait for native threads.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"))

const load = async (setup: EngineSetup) => {
  const llamaCpp = await import("node-llama-cpp").catch((cause: unknown) => {
    throw new Error(`node-llama-cpp is not installed (bun add node-llama-cpp): ${String(cause)}`)
  })
  // Only what came with the package: nothing is compiled or downloaded at run time.
  const llama = await llamaCpp.getLlama({ gpu: false, build: "never", skipDownload: true, progressLogs: false })
  // Its threads wait for each other by spinning. On 2 cores that were busy with speech, 4 threads (its default) wrote a token in
  // 5 s, 2 in 250 ms, one in 15 ms. So one core is left to everything else.
  const threads = Math.max(1, llama.cpuMathCores - 1)
  llama.maxThreads = threads
  const model = await llama.loadModel({ modelPath: setup.path })
  const contextSize = Math.min(setup.contextTokens, model.trainContextSize)
  const context = await model.createContext({ contextSize, sequences: setup.sequences, threads })
  return { llamaCpp, sequences: Array.from({ length: setup.sequences }, () => context.getSequence()) }
}

const reasonOf = (response: LlamaChatResponse<ChatModelFunctions>, calls: number): EngineAnswer["reason"] => {
  if (calls > 0) return "tool-calls"
  return response.metadata.stopReason === "maxTokens" ? "length" : "stop"
}

const serve = ({ llamaCpp, sequences }: Awaited<ReturnType<typeof load>>, setup: EngineSetup): void => {
  const free: Array<LlamaContextSequence> = [...sequences]
  const waiting: Array<(sequence: LlamaContextSequence) => void> = []
  const running = new Map<number, AbortController>()

  const take = () => {
    const sequence = free.pop()
    return sequence === undefined
      ? new Promise<LlamaContextSequence>((resolve) => void waiting.push(resolve))
      : Promise.resolve(sequence)
  }
  const giveBack = (sequence: LlamaContextSequence) => {
    const next = waiting.shift()
    if (next === undefined) free.push(sequence)
    else next(sequence)
  }

  const generate = async (id: number, chat: EngineChat, sequence: LlamaContextSequence, signal: AbortSignal) => {
    const talk = new llamaCpp.LlamaChat({ contextSequence: sequence })
    const before = sequence.tokenMeter.getState()
    const hasFunctions = Object.keys(chat.functions).length > 0
    const response: LlamaChatResponse<ChatModelFunctions> = await talk.generateResponse([...chat.history], {
      signal,
      maxTokens: chat.outputTokensMax,
      temperature: setup.temperature,
      onTextChunk: (text) => tell({ kind: "text", id, text }),
      ...(hasFunctions ? { functions: chat.functions, documentFunctionParams: true } : {}),
    })
    const used = sequence.tokenMeter.diff(before)
    const made: ReadonlyArray<{ functionName: string; params: unknown }> = response.functionCalls ?? []
    const calls = made.map(({ functionName, params }) => ({
      name: functionName,
      arguments: JSON.stringify(params ?? {}),
    }))
    talk.dispose({ disposeSequence: false })
    return {
      reason: reasonOf(response, calls.length),
      calls,
      inputTokens: used.usedInputTokens,
      outputTokens: used.usedOutputTokens,
    } satisfies EngineAnswer
  }

  const answer = async (id: number, chat: EngineChat, signal: AbortSignal) => {
    const sequence = await take()
    try {
      signal.throwIfAborted()
      tell({ kind: "done", id, answer: await generate(id, chat, sequence, signal) })
    } catch (cause) {
      tell({ kind: "failure", id, detail: cause instanceof Error ? cause.message : String(cause) })
    } finally {
      running.delete(id)
      giveBack(sequence)
    }
  }

  process.on("message", (request: EngineRequest) => {
    if (request.kind === "cancel") return running.get(request.id)?.abort()
    const controller = new AbortController()
    running.set(request.id, controller)
    void answer(request.id, request.chat, controller.signal)
  })
  tell({ kind: "ready" })
}

const setup: EngineSetup = JSON.parse(process.argv[2] ?? "{}")
load(setup).then(
  (loaded) => serve(loaded, setup),
  (cause: unknown) => tell({ kind: "unable", detail: cause instanceof Error ? cause.message : String(cause) }),
)
