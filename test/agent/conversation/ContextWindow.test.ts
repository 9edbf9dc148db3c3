import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import * as ContextWindow from "../../../src/agent/conversation/ContextWindow.ts"
import { ChatMessage } from "../../../src/domain/llm/LanguageModel.ts"

const user = (text: string) => ChatMessage.User({ text })
const assistant = (text: string) => ChatMessage.Assistant({ text, toolCalls: [] })
const prompt = "You are a test."
const told = (window: ContextWindow.ContextWindow, said = "now") => window.messages(prompt, said)
const sizeOf = (messages: ReadonlyArray<ChatMessage>) =>
  messages.reduce((sum, message) => sum + ContextWindow.estimateTokens(message), 0)

describe("the estimate", () => {
  it.each([
    { message: user(""), tokens: 4 },
    { message: user("12345678"), tokens: 6 },
    { message: ChatMessage.System({ text: "123" }), tokens: 5 },
    { message: assistant("1234"), tokens: 5 },
    {
      message: ChatMessage.Assistant({ text: "", toolCalls: [{ id: "1", name: "look", arguments: "{}" }] }),
      tokens: 6,
    },
    { message: ChatMessage.ToolResult({ callId: "1", name: "look", result: "1234" }), tokens: 6 },
  ])("of $message is $tokens", ({ message, tokens }) => {
    expect(ContextWindow.estimateTokens(message)).toBe(tokens)
  })
})

describe("what the model is told", () => {
  it("is the prompt, the talk, and what was said just now", () => {
    const window = ContextWindow.make(1_000)
    window.add(assistant("Hello."))
    window.add(user("a"))
    window.add(assistant("A."))
    expect(told(window)).toEqual([
      ChatMessage.System({ text: prompt }),
      assistant("Hello."),
      user("a"),
      assistant("A."),
      user("now"),
    ])
  })

  it("keeps the newest exchange, however large it is", () => {
    const window = ContextWindow.make(10)
    window.add(user("a"))
    window.add(user("x".repeat(1_000)))
    window.add(assistant("y".repeat(1_000)))
    expect(
      told(window)
        .slice(2, -1)
        .map(({ _tag }) => _tag),
    ).toEqual(["User", "Assistant"])
  })
})

describe("whatever is said", () => {
  const text = fc.string({ maxLength: 120 })
  interface Exchange {
    readonly question: string
    readonly tools: ReadonlyArray<{ readonly arguments: string; readonly result: string }>
    readonly answer: string | undefined
  }
  const exchange: fc.Arbitrary<Exchange> = fc.record({
    question: text,
    tools: fc.array(fc.record({ arguments: text, result: text }), { maxLength: 3 }),
    answer: fc.option(text, { nil: undefined }),
  })
  let id = 0
  const messagesOf = (plan: Exchange): ReadonlyArray<ChatMessage> => [
    user(plan.question),
    ...plan.tools.flatMap(({ arguments: args, result }) => {
      const callId = `call${id++}`
      return [
        ChatMessage.Assistant({ text: "", toolCalls: [{ id: callId, name: "look", arguments: args }] }),
        ChatMessage.ToolResult({ callId, name: "look", result }),
      ]
    }),
    ...(plan.answer === undefined ? [] : [assistant(plan.answer)]),
  ]

  it("whole exchanges are kept, the newest ones, within the budget", () => {
    fc.assert(
      fc.property(
        fc.array(exchange, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 5, max: 400 }),
        (plans, max) => {
          const window = ContextWindow.make(max)
          const exchanges = plans.map(messagesOf)
          for (const message of exchanges.flat()) window.add(message)
          const [system, ...rest] = told(window)
          const dropped = rest[0]?._tag === "System"
          const kept = rest.slice(dropped ? 1 : 0, -1)
          expect(system).toEqual(ChatMessage.System({ text: prompt }))
          expect(rest.at(-1)).toEqual(user("now"))
          const count = exchanges.findIndex((_, index) => exchanges.slice(index).flat().length === kept.length)
          expect(kept).toEqual(exchanges.slice(count).flat())
          expect(dropped).toBe(count > 0)
          if (exchanges.length - count > 1) expect(sizeOf(kept)).toBeLessThanOrEqual(max)
        },
      ),
    )
  })
})
