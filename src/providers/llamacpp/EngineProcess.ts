import { Deferred, Duration, Effect, Exit, Mailbox, Stream } from "effect"
import { ChatPart } from "../../domain/llm/LanguageModel.ts"
import { Overloaded, ProviderError, Unavailable } from "../../domain/speech/ProviderError.ts"
import type { EngineAnswer, EngineChat, EngineMessage, EngineRequest, EngineSetup } from "./EngineProtocol.ts"

export interface Engine {
  /** The model is loaded, or cannot be. */
  readonly ready: Effect.Effect<void, ProviderError>
  readonly isAlive: () => boolean
  /** For looking at it and for tests. */
  readonly pid: number
  /** Leaving the stream cancels the chat and waits for nothing. */
  readonly chat: (chat: EngineChat) => Stream.Stream<ChatPart, ProviderError>
}

/** Chats that are answered or wait in one engine; the last one of more would be answered when nobody listens any more. */
const chatsMax = 16
/** Gigabytes from a slow disk. */
const loadTimeout = Duration.seconds(120)

const entry = `${import.meta.dirname}/engine.ts`

/** llama.cpp writes to stderr as it likes; nothing of it belongs on a person's terminal. */
const logStderr = (stderr: ReadableStream<Uint8Array>) =>
  Stream.fromReadableStream({ evaluate: () => stderr, onError: String }).pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runForEach((line) => Effect.logDebug(line)),
    Effect.ignore,
    Effect.annotateLogs({ engine: "llama.cpp" }),
  )

const partsOf = (id: number, { calls, ...finish }: EngineAnswer): ReadonlyArray<ChatPart> => [
  ...calls.map((call, at) => ChatPart.ToolCallReady({ call: { id: `call_${id}_${at}`, ...call } })),
  ChatPart.Finish(finish),
]

/** Starts the process and lets it load; closing the scope kills it. It ends by itself when this process is gone. */
export const spawn = Effect.fnUntraced(function* (setup: EngineSetup, provider: string) {
  const ready = yield* Deferred.make<void, ProviderError>()
  const chats = new Map<number, Mailbox.Mailbox<ChatPart, ProviderError>>()
  let lastId = 0
  let alive = true

  const fault = (operation: string, detail: string) =>
    new ProviderError({ provider, operation, reason: new Unavailable({ detail }) })

  const receive = (message: EngineMessage) => {
    switch (message.kind) {
      case "ready":
        return Deferred.unsafeDone(ready, Effect.void)
      case "unable":
        return Deferred.unsafeDone(ready, Effect.fail(fault("load", message.detail)))
      case "text":
        return chats.get(message.id)?.unsafeOffer(ChatPart.TextDelta({ text: message.text }))
      case "failure":
        return end(message.id, Exit.fail(fault("chat", message.detail)))
      case "done":
        for (const part of partsOf(message.id, message.answer)) chats.get(message.id)?.unsafeOffer(part)
        return end(message.id, Exit.void)
    }
  }
  const end = (id: number, how: Exit.Exit<void, ProviderError>) => {
    chats.get(id)?.unsafeDone(how)
    chats.delete(id)
  }
  const onExit = (how: string) => {
    alive = false
    const detail = `the engine ended (${how}); is the model file whole, and is there memory for it?`
    Deferred.unsafeDone(ready, Effect.fail(fault("load", detail)))
    for (const id of chats.keys()) end(id, Exit.fail(fault("chat", detail)))
  }

  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Bun.spawn([process.execPath, entry, JSON.stringify(setup)], {
        stdio: ["ignore", "ignore", "pipe"],
        serialization: "advanced",
        // Native code gets no secret of ours to leak.
        env: {},
        ipc: receive,
        onExit: (_, code, signal) => onExit(signal === null ? `exit code ${code}` : `signal ${signal}`),
      }),
    ),
    (child) => Effect.promise(() => (child.kill("SIGKILL"), child.exited)),
  )
  yield* Effect.forkScoped(logStderr(child.stderr))

  const send = (request: EngineRequest) => Effect.sync(() => (alive ? void child.send(request) : undefined))
  const chat: Engine["chat"] = (asked) =>
    Stream.unwrapScoped(
      Effect.gen(function* () {
        if (!alive) return yield* fault("chat", "the engine has ended")
        if (chats.size >= chatsMax) {
          return yield* new ProviderError({
            provider,
            operation: "chat",
            reason: new Overloaded({ queued: chats.size }),
          })
        }
        const id = ++lastId
        // Bounded by the tokens that were asked for.
        const mailbox = yield* Mailbox.make<ChatPart, ProviderError>()
        chats.set(id, mailbox)
        yield* Effect.addFinalizer(() => (chats.delete(id) ? send({ kind: "cancel", id }) : Effect.void))
        yield* send({ kind: "chat", id, chat: asked })
        return Mailbox.toStream(mailbox)
      }),
    )
  return {
    ready: Effect.timeoutFail(Deferred.await(ready), {
      duration: loadTimeout,
      onTimeout: () => fault("load", `the model was not loaded within ${Duration.format(loadTimeout)}`),
    }),
    isAlive: () => alive,
    pid: child.pid,
    chat,
  } satisfies Engine
})
