import { assert, describe, it } from "@effect/vitest"
import { Chunk, DateTime, Duration, Effect, Random, Stream, TestClock } from "effect"
import * as BuiltInTools from "../../../src/agent/tools/BuiltInTools.ts"
import { ConversationControl } from "../../../src/domain/conversation/ConversationControl.ts"
import { ChatMessage, ChatPart, LanguageModel } from "../../../src/domain/llm/LanguageModel.ts"
import { type Tool, Toolbox } from "../../../src/domain/llm/Tool.ts"
import * as RulesModel from "../../../src/providers/embedded/RulesModel.ts"
import { languageModelContract } from "../../contract/LanguageModel.ts"

const user = (text: string) => ChatMessage.User({ text })
const declared = { name: "clock", description: "", parameters: { type: "object", properties: {} } }

languageModelContract("embedded rules", RulesModel.layer({ wordPause: Duration.millis(20) }), {
  talk: { messages: [user("Hello")], tools: [], outputTokensMax: 100 },
  long: { messages: [user("tell me a story")], tools: [], outputTokensMax: 500 },
  callTool: { messages: [user("What time is it?")], tools: [declared], outputTokensMax: 100 },
})

const partsOf = (messages: ReadonlyArray<ChatMessage>, tools: ReadonlyArray<Tool> = [], outputTokensMax = 500) =>
  Effect.flatMap(LanguageModel, (model) =>
    Effect.map(Stream.runCollect(model.chat({ messages, tools, outputTokensMax })), Chunk.toReadonlyArray),
  )
const textOf = (parts: ReadonlyArray<ChatPart>) =>
  parts
    .filter(ChatPart.$is("TextDelta"))
    .map(({ text }) => text)
    .join("")

/** A conversation with real tools, as the engine holds it. */
const conversation = Effect.gen(function* () {
  let ended = false
  const tools = yield* Effect.flatMap(Toolbox, ({ open }) => open).pipe(
    Effect.provide(BuiltInTools.layer({ timeZone: "Europe/Berlin" })),
    Effect.provideService(ConversationControl, {
      announce: () => Effect.void,
      end: Effect.sync(() => {
        ended = true
      }),
    }),
  )
  const messages: Array<ChatMessage> = [ChatMessage.System({ text: "Be brief." })]
  const used: Array<string> = []
  const say = (text: string) =>
    Effect.gen(function* () {
      messages.push(user(text))
      for (let round = 0; round < 3; round++) {
        const parts = yield* partsOf(messages, tools)
        const calls = parts.filter(ChatPart.$is("ToolCallReady")).map(({ call }) => call)
        messages.push(ChatMessage.Assistant({ text: textOf(parts), toolCalls: calls }))
        if (calls.length === 0) return textOf(parts)
        for (const call of calls) {
          used.push(`${call.name} ${call.arguments}`)
          const tool = tools.find(({ name }) => name === call.name)
          const result = yield* (tool?.run(call.arguments) ?? Effect.dieMessage(call.name)).pipe(
            Effect.catchAll(({ detail }) => Effect.succeed(`Error: ${detail}`)),
          )
          messages.push(ChatMessage.ToolResult({ callId: call.id, name: call.name, result }))
        }
      }
      return yield* Effect.dieMessage("no answer after three rounds of tools")
    })
  return { say, used, isEnded: () => ended }
})

const now = DateTime.unsafeMake("2026-11-25T13:05:00Z").epochMillis

/** What is said, as recognisers write it, and the whole answer. */
const answers: ReadonlyArray<[string, string | RegExp]> = [
  ["What time is it?", "It is 2:05 PM."],
  ["what's the time", "It is 2:05 PM."],
  ["Um, could you tell me the time, please?", "It is 2:05 PM."],
  ["What time is it in Tokyo right now?", "It is 10:05 PM in Tokyo."],
  ["what time is it in new york", "It is 8:05 AM in New York."],
  ["What time is it in Atlantis?", "Sorry, that did not work: I do not know where atlantis is."],
  ["What's the date today?", "Today is Wednesday, November 25, 2026."],
  ["What day is it?", "Today is Wednesday, November 25, 2026."],
  ["What is seventeen times twelve?", "17 times 12 is 204."],
  ["what's 17 times 12", "17 times 12 is 204."],
  ["What is 17 x 12?", "17 times 12 is 204."],
  ["Fifteen percent of eighty.", "15 percent of 80 is 12."],
  ["What's 15% of 80?", "15 percent of 80 is 12."],
  ["How much is one hundred and twenty three plus four point five?", "123 plus 4.5 is 127.5."],
  ["ten minus three", "10 minus 3 is 7."],
  ["What is ten minus 3?", "10 minus 3 is 7."],
  ["What's 10-3?", "10 minus 3 is 7."],
  ["two hundred fifty-six divided by eight", "256 divided by 8 is 32."],
  ["What is the square root of one hundred forty-four?", "the square root of 144 is 12."],
  ["what is two to the power of ten", "2 to the power of 10 is 1024."],
  ["five squared", "5 squared is 25."],
  ["half of 12", "half of 12 is 6."],
  ["add 5 and 7", "5 plus 7 is 12."],
  ["subtract 3 from 10", "10 minus 3 is 7."],
  ["What is two and two?", "2 plus 2 is 4."],
  ["what is three times for", "3 times 4 is 12."],
  ["What is one million divided by seven?", "1000000 divided by 7 is 142857.142857."],
  ["What is 5 divided by 0?", /^Sorry, that did not work: .*divided by zero/],
  ["What is twenty five hundred plus 1?", "2500 plus 1 is 2501."],
  ["Set a timer for two minutes.", "Okay, your timer for 2 minutes is running."],
  ["set a time for two minutes", /no rule|timer/],
  ["Set a timer for ninety seconds", "Okay, your timer for 1 minute 30 seconds is running."],
  ["set a timer for an hour and a half", "Okay, your timer for 1 hour 30 minutes is running."],
  ["start a five minute tea timer", "Okay, your tea timer for 5 minutes is running."],
  ["Set a timer for to minutes", "Okay, your timer for 2 minutes is running."],
  ["Set a timmer for 10 minites", "Okay, your timer for 10 minutes is running."],
  ["cancel the timer", "There was no timer to cancel."],
  ["how long is left on my timer", "No timer is running."],
  ["Hello.", "Hello! What can I do for you?"],
  ["Hi there!", "Hello! What can I do for you?"],
  ["Good morning", "Good morning! What can I do for you?"],
  ["How are you?", /^I am fine/],
  ["Thank you very much.", "You are welcome."],
  ["Who are you?", /rules engine.*not a language model/],
  ["Are you a real person?", /rules engine.*not a language model/],
  ["Are you an AI?", /rules engine.*not a language model/],
  ["Which model is this?", /rules engine/],
  ["What can you do?", /time.*calculate.*timers/],
  ["Help", /time.*calculate.*timers/],
  ["How do you spell banana?", "banana is spelled B, A, N, A, N, A."],
  ["Spell the word cat.", "cat is spelled C, A, T."],
  ["Count to five", "1, 2, 3, 4, 5."],
  ["Repeat that.", "I have not said anything yet."],
  ["What did I say before?", "You have not said anything before this."],
  ["What's the weather like?", /cannot look that up/],
  ["Go forward ten meters.", /^I have no rule for that/],
  ["", /rules engine/],
  ["🦊", /^I have no rule|rules engine/],
]

describe("RulesModel", () => {
  for (const [said, expected] of answers) {
    it.scoped(`"${said}"`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        const { say } = yield* conversation
        const answer = yield* say(said)
        if (typeof expected === "string") assert.strictEqual(answer, expected)
        else assert.match(answer, expected)
      }).pipe(Effect.provide(RulesModel.layer())),
    )
  }

  it.scoped("holds a conversation about timers", () =>
    Effect.gen(function* () {
      const { say, used } = yield* conversation
      assert.strictEqual(yield* say("Set a timer"), "For how long?")
      assert.strictEqual(yield* say("Ten minutes."), "Okay, your timer for 10 minutes is running.")
      yield* TestClock.adjust("4 minutes")
      assert.strictEqual(yield* say("How much time is left on the timer?"), "Your timer has 6 minutes left.")
      assert.strictEqual(yield* say("Cancel my timer."), "Okay, I cancelled your timer.")
      assert.deepStrictEqual(used, [
        'timer {"action":"set","seconds":600}',
        'timer {"action":"list"}',
        'timer {"action":"cancel"}',
      ])
    }).pipe(Effect.provide(RulesModel.layer())),
  )

  it.scoped("remembers what was said", () =>
    Effect.gen(function* () {
      const { say } = yield* conversation
      yield* say("My cat is called Tom.")
      assert.strictEqual(yield* say("What did I say before?"), "Before this, you said: My cat is called Tom.")
      yield* say("What is 2 plus 2?")
      assert.strictEqual(yield* say("Say that again."), "I said: 2 plus 2 is 4.")
    }).pipe(Effect.provide(RulesModel.layer())),
  )

  it.scoped("ends the conversation by its tool", () =>
    Effect.gen(function* () {
      for (const words of ["Goodbye.", "Okay, thanks, bye bye!", "good bye", "That's all for today."]) {
        const { say, used, isEnded } = yield* conversation
        assert.match(yield* say(words), /^Goodbye/)
        assert.deepStrictEqual(used, ["end_conversation {}"])
        assert.isTrue(isEnded())
      }
    }).pipe(Effect.provide(RulesModel.layer())),
  )

  it.scoped("tells another joke each time, and stories long enough to be interrupted", () =>
    Effect.gen(function* () {
      const { say } = yield* conversation
      const jokes = [yield* say("Tell me a joke"), yield* say("Another joke!"), yield* say("one more joke please")]
      assert.strictEqual(new Set(jokes).size, 3)
      for (const ask of ["Tell me a story.", "tell me about yourself"]) {
        const sentences = (yield* say(ask)).split(/(?<=[.!?])\s/)
        assert.isAtLeast(sentences.length, 4)
        assert.isAtMost(sentences.length, 6)
      }
    }).pipe(Effect.provide(RulesModel.layer())),
  )

  it.effect("helps itself where the request has no tools", () =>
    Effect.gen(function* () {
      assert.strictEqual(textOf(yield* partsOf([user("what is 6 times 7")])), "6 times 7 is 42.")
      assert.match(textOf(yield* partsOf([user("what time is it")])), /^It is \d+:\d\d [AP]M\.$/)
      assert.strictEqual(textOf(yield* partsOf([user("set a timer for 1 minute")])), "I have no timers here.")
      assert.match(textOf(yield* partsOf([user("goodbye")])), /^Goodbye/)
    }).pipe(Effect.provide(RulesModel.layer())),
  )

  it.effect("writes word by word, and no more than it may", () =>
    Effect.gen(function* () {
      const parts = yield* partsOf([user("tell me a story")], [], 5)
      assert.strictEqual(parts.length, 6)
      assert.deepInclude(parts.at(-1), { _tag: "Finish", reason: "length", outputTokens: 5 })
    }).pipe(Effect.provide(RulesModel.layer())),
  )

  it.effect("is deterministic", () =>
    Effect.gen(function* () {
      const roll = Effect.suspend(() =>
        Effect.map(partsOf([user("roll a die")]), textOf).pipe(Effect.withRandom(Random.make("seed"))),
      )
      assert.strictEqual(yield* roll, yield* roll)
    }).pipe(Effect.provide(RulesModel.layer())),
  )

  it.live("is quick with a very long text", () =>
    Effect.gen(function* () {
      const [took] = yield* Effect.timed(partsOf([user("what is five times ".repeat(2_000))]))
      assert.isAtMost(Duration.toMillis(took), 5_000)
    }).pipe(Effect.provide(RulesModel.layer())),
  )
})
