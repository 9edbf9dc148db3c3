import { Deferred, Effect } from "effect"

/** What the server does is chosen by the model's name, so that any client can ask for it. */
export type Scenario =
  | "ok"
  | "slow-first"
  | "tools"
  | "unindexed-tools"
  | "429"
  | "quota"
  | "500"
  | "401"
  | "404"
  | "stall"
  | "truncate"
  | "cut"
  | "cut-after-finish"
  | "mid-error"
  | "unknown"
  | "malformed"
  | "html"
  | "error-as-json"
  | "rejects-usage"
  | "wants-completion-tokens"
  | "never-closes"
  | "endless"
  | "no-done"
  | "flaky"

export interface ChatServer {
  readonly baseUrl: string
  /** Bodies of the chat requests, in order. */
  readonly requests: ReadonlyArray<Record<string, unknown>>
  readonly authorizations: ReadonlyArray<string | null>
  /** From now on it does this, whatever model is asked for. */
  readonly behave: (scenario: Scenario) => Effect.Effect<void>
  /** When the first client went away before its answer was over, by `performance.now()`. */
  readonly clientLeft: Effect.Effect<number>
}

const chunk = (delta: Record<string, unknown>, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "stand-in",
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  })}\n\n`
const usage = `data: ${JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "stand-in",
  choices: [],
  usage: { prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 },
})}\n\n`
const done = "data: [DONE]\n\n"
const role = chunk({ role: "assistant", content: "" })
const words = ["Hello", " there", ", friend", "."].map((content) => chunk({ content }))
const call = (index: number | undefined, fields: Record<string, unknown>) =>
  chunk({ tool_calls: [{ ...(index === undefined ? {} : { index }), ...fields }] })

type Step = string | number | "forever" | "break"

const toolSteps: ReadonlyArray<Step> = [
  role,
  call(0, { id: "call_a", type: "function", function: { name: "clock", arguments: "" } }),
  call(0, { function: { arguments: '{"pl' } }),
  call(0, { function: { arguments: 'ace":"Tok' } }),
  call(0, { function: { arguments: 'yo"}' } }),
  call(1, { id: "call_b", type: "function", function: { name: "timer", arguments: '{"sec' } }),
  call(1, { function: { arguments: 'onds":90}' } }),
  chunk({}, "tool_calls"),
  usage,
  done,
]
const unindexedSteps: ReadonlyArray<Step> = [
  call(undefined, { id: "x1", function: { name: "clock", arguments: "{}" } }),
  call(undefined, { id: "x2", function: { name: "timer", arguments: '{"seconds":5}' } }),
  chunk({}, "stop"),
  done,
]
const okSteps: ReadonlyArray<Step> = [role, ...words, chunk({}, "stop"), usage, done]

/** Numbers are pauses in milliseconds. */
const streams: Partial<Record<Scenario, ReadonlyArray<Step>>> = {
  ok: okSteps,
  "slow-first": [400, ...okSteps],
  tools: toolSteps,
  "unindexed-tools": unindexedSteps,
  stall: [role, words[0] ?? "", "forever"],
  truncate: [role, words[0] ?? "", words[1] ?? ""],
  cut: [role, words[0] ?? "", 30, "break"],
  "cut-after-finish": [role, ...words, chunk({}, "stop"), 30, "break"],
  "no-done": [role, ...words, chunk({}, "stop")],
  "never-closes": [role, ...words, chunk({}, "stop"), "forever"],
  "mid-error": [
    role,
    words[0] ?? "",
    `data: ${JSON.stringify({ error: { message: "The server had an error", type: "server_error", code: null } })}\n\n`,
  ],
  unknown: [
    ": a comment\n\n",
    'event: ping\nid: 7\nretry: 100\ndata: {"type":"ping"}\n\n',
    'data: {"choices":"not what it was"}\n\n',
    'data: {"choices":[{"index":0,"delta":{"content":"Hel","reasoning_content":"hm","novel":{"a":1}},"finish_reason":null}],"system_fingerprint":null}\r\n\r\n',
    'data: {"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}],\n',
    'data: "usage":{"prompt_tokens":3,"completion_tokens":2}}\n\n',
    done,
  ],
  malformed: [role, 'data: {"choices": [{"delta": oops\n\n'],
  endless: [role, ...Array.from({ length: 200 }, () => chunk({ content: "x".repeat(60_000) }))],
}

const encoder = new TextEncoder()

/** Sends each step in pieces that end in the middle of a line, as networks do. */
const play = (steps: ReadonlyArray<Step>): Response =>
  new Response(
    new ReadableStream<Uint8Array>({
      async start(controller) {
        for (const step of steps) {
          if (step === "forever") return
          if (step === "break") return controller.error(new Error("connection lost"))
          if (typeof step === "number") await Bun.sleep(step)
          else {
            const bytes = encoder.encode(step)
            const middle = Math.floor(bytes.length / 2)
            controller.enqueue(bytes.slice(0, middle))
            await Bun.sleep(0)
            controller.enqueue(bytes.slice(middle))
          }
        }
        controller.close()
      },
    }),
    { headers: { "content-type": "text/event-stream; charset=utf-8" } },
  )

const refuse = (status: number, error: Record<string, unknown>, headers: Record<string, string> = {}) =>
  Response.json({ error: { param: null, ...error } }, { status, headers })

const answer = (scenario: string, body: Record<string, unknown>, key: string, nth: number): Response => {
  switch (scenario) {
    case "429":
      return refuse(
        429,
        { message: "Rate limit reached", type: "requests", code: "rate_limit_exceeded" },
        { "retry-after": "7" },
      )
    case "quota":
      return refuse(429, {
        message: "You exceeded your current quota",
        type: "insufficient_quota",
        code: "insufficient_quota",
      })
    case "500":
      return refuse(500, { message: "The server had an error", type: "server_error", code: null })
    case "401":
      return refuse(401, {
        message: `Incorrect API key provided: ${key}.`,
        type: "invalid_request_error",
        code: "invalid_api_key",
      })
    case "html":
      return new Response("<!doctype html><html><body><h1>Welcome to nginx!</h1></body></html>", {
        headers: { "content-type": "text/html" },
      })
    case "error-as-json":
      return Response.json({ error: { message: "model is loading", type: "server_error" } })
    case "rejects-usage":
      return "stream_options" in body
        ? refuse(400, {
            message: "Unrecognized request argument supplied: stream_options",
            type: "invalid_request_error",
          })
        : play([role, ...words, chunk({}, "stop"), done])
    case "wants-completion-tokens":
      return "max_tokens" in body
        ? refuse(400, {
            message:
              "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            type: "invalid_request_error",
            code: "unsupported_parameter",
          })
        : play(okSteps)
    case "flaky":
      return nth === 0 ? refuse(503, { message: "overloaded", type: "server_error" }) : play(okSteps)
    default: {
      const steps = Object.entries(streams).find(([name]) => name === scenario)?.[1]
      return steps === undefined
        ? refuse(404, {
            message: `The model \`${scenario}\` does not exist`,
            type: "invalid_request_error",
            code: "model_not_found",
          })
        : play(steps)
    }
  }
}

/** A local server that speaks OpenAI's chat completions and misbehaves on request. */
export const make = Effect.gen(function* () {
  const requests: Array<Record<string, unknown>> = []
  const authorizations: Array<string | null> = []
  const left = yield* Deferred.make<number>()
  let behaviour: Scenario | undefined
  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        idleTimeout: 60,
        async fetch(request) {
          const { pathname } = new URL(request.url)
          const authorization = request.headers.get("authorization")
          if (pathname === "/v1/models") {
            return authorization === "Bearer wrong"
              ? refuse(401, { message: "Incorrect API key provided: wrong." })
              : Response.json({
                  object: "list",
                  data: [
                    { id: "ok", object: "model" },
                    { id: "tools", object: "model" },
                  ],
                })
          }
          if (pathname !== "/v1/chat/completions") return new Response("404 page not found", { status: 404 })
          const body: Record<string, unknown> = JSON.parse(await request.text())
          const nth = requests.push(body) - 1
          authorizations.push(authorization)
          request.signal.addEventListener("abort", () =>
            Deferred.unsafeDone(
              left,
              Effect.sync(() => performance.now()),
            ),
          )
          return answer(behaviour ?? String(body["model"]), body, (authorization ?? "").replace("Bearer ", ""), nth)
        },
      }),
    ),
    (running) => Effect.promise(() => running.stop(true)),
  )
  return {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    requests,
    authorizations,
    behave: (scenario) => Effect.sync(() => void (behaviour = scenario)),
    clientLeft: Deferred.await(left),
  } satisfies ChatServer
})
