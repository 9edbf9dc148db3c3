import {
  Config,
  type ConfigError,
  Effect,
  ExecutionStrategy,
  Exit,
  Layer,
  Scope,
  Stream,
  SynchronizedRef,
} from "effect"
import { type ChatPart, LanguageModel } from "../../domain/llm/LanguageModel.ts"
import { ProviderError, Rejected } from "../../domain/speech/ProviderError.ts"
import * as CircuitBreaker from "../../infra/resilience/CircuitBreaker.ts"
import { guardStream } from "../Guard.ts"
import { localLanguageModel, type ProviderPolicy } from "../ProviderPolicy.ts"
import * as ChatHistory from "./ChatHistory.ts"
import * as EngineProcess from "./EngineProcess.ts"

export interface LocalModelOptions {
  /** A GGUF file. */
  readonly path: string
  /** Tokens of one chat, read and written. Default 4,096, and never more than the model was trained for. */
  readonly contextTokens?: number
  /** Chats at the same time. Default 2. */
  readonly sequences?: number
  /** 0: always the likeliest word. Default 0.7. */
  readonly temperature?: number
  readonly policy?: ProviderPolicy
}

const provider = "llama.cpp"

const unusable = (detail: string) =>
  new ProviderError({ provider, operation: "load", reason: new Rejected({ detail }) })

/** Tells a missing or strange file before a process is started for it. A broken one inside is the engine's to find. */
export const check = Effect.fn("LocalModel.check")(function* (path: string) {
  const head = yield* Effect.tryPromise({
    try: () => Bun.file(path).slice(0, 4).text(),
    catch: () => unusable(`there is no file ${path}, or it cannot be read`),
  })
  if (head !== "GGUF") return yield* unusable(`${path} is not a GGUF file`)
})

const nameOf = (path: string): string => (path.split(/[/\\]/).at(-1) ?? path).replace(/\.gguf$/i, "")

/**
 * A model in a GGUF file, run on this machine's processors by llama.cpp in a process of its own, which is started at once and again
 * when it has ended. Fails when the file is missing or no GGUF; whatever is wrong inside is the first chat's error.
 */
export const layer = (options: LocalModelOptions): Layer.Layer<LanguageModel, ProviderError> =>
  Layer.scoped(
    LanguageModel,
    Effect.gen(function* () {
      yield* check(options.path)
      const { path, contextTokens = 4_096, sequences = 2, temperature = 0.7, policy = localLanguageModel } = options
      const scope = yield* Effect.scope
      const start = Effect.gen(function* () {
        const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
        const spawn = EngineProcess.spawn({ path, contextTokens, sequences, temperature }, provider)
        return { own, engine: yield* Scope.extend(spawn, own) }
      })
      const current = yield* SynchronizedRef.make(yield* start)
      const engine = SynchronizedRef.modifyEffect(current, (held) =>
        held.engine.isAlive()
          ? Effect.succeed([held.engine, held] as const)
          : Effect.zipRight(
              Scope.close(held.own, Exit.void),
              Effect.map(start, (renewed) => [renewed.engine, renewed] as const),
            ),
      )
      const name = `${provider} ${nameOf(path)}`
      const breaker = yield* CircuitBreaker.make(name, policy.breaker)
      const guarded = guardStream<ChatPart>({ provider, operation: "chat", policy, breaker })
      return LanguageModel.of({
        name,
        chat: (request) =>
          guarded(
            Stream.unwrap(
              Effect.gen(function* () {
                const running = yield* engine
                yield* running.ready
                return running.chat({
                  history: ChatHistory.of(request.messages),
                  functions: ChatHistory.functionsOf(request.tools),
                  outputTokensMax: request.outputTokensMax,
                })
              }),
            ),
          ),
      })
    }),
  )

/** `PARLEY_LLM_GGUF`: the path of the file. */
export const config = Config.nonEmptyString("PARLEY_LLM_GGUF")

export const layerConfig: Layer.Layer<LanguageModel, ProviderError | ConfigError.ConfigError> = Layer.unwrapEffect(
  Effect.map(config, (path) => layer({ path })),
)
