import { FetchHttpClient, FileSystem, HttpClient, HttpClientResponse } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, layer, vi } from "@effect/vitest"
import { Console, Effect, Layer, Option } from "effect"
import type { Page } from "playwright-core"
import { ConversationDetail } from "../../src/http/api/ConversationsApi.ts"
import * as ChromiumBrowser from "../support/ChromiumBrowser.ts"
import { step } from "../support/ChromiumBrowser.ts"
import * as CutLine from "../support/CutLine.ts"
import * as PageProbe from "../support/PageProbe.ts"
import * as ParleyDev from "../support/ParleyDev.ts"
import * as SpokenMicrophone from "../support/SpokenMicrophone.ts"
import * as TalkPage from "./TalkPage.ts"

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 })

/** Long enough that the page and the kernel hold back more audio than a person can say in it. */
const frozen = "4 seconds"
const readyMillisMax = 8_000

/** A microphone that is open and silent. */
const chromium = Layer.unwrapScoped(
  Effect.map(SpokenMicrophone.make([60_000]), (recording) => ChromiumBrowser.layer({ recording })),
)

const starting = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const home = yield* files.makeTempDirectoryScoped()
  return { home, server: yield* ParleyDev.start(home) }
})

const talkAt = (url: string) =>
  Effect.gen(function* () {
    const page = yield* TalkPage.open(url)
    yield* TalkPage.press(page, "Start")
    yield* TalkPage.line(page, "assistant", /How can I help/)
    return page
  })

const spells = (page: Page, word: string) =>
  TalkPage.line(page, "assistant", new RegExp(word.toUpperCase().split("").join(", ")))

const welcomes = ({ told }: PageProbe.Probed) =>
  told.flatMap(({ message }) => (message._tag === "Welcome" ? [message] : []))

const detail = (origin: string, id: string) =>
  HttpClient.get(`${origin}/v1/conversations/${id}`).pipe(
    Effect.flatMap(HttpClientResponse.schemaBodyJson(ConversationDetail)),
    Effect.provide(FetchHttpClient.layer),
  )

const stored = (origin: string, id: string) => Effect.map(detail(origin, id), ({ messages }) => messages)

layer(Layer.merge(chromium, BunContext.layer), { excludeTestServices: true })("a conversation goes on", (it) => {
  it.scoped("after the server was frozen for some seconds, and after the connection was cut", () =>
    Effect.gen(function* () {
      const { server } = yield* starting
      const line = yield* CutLine.make(server.url)
      const page = yield* talkAt(line.url)
      yield* server.signal("SIGSTOP")
      yield* TalkPage.type(page, "Spell the word frost")
      yield* Effect.sleep(frozen)
      yield* server.signal("SIGCONT")
      yield* spells(page, "frost")

      yield* line.cut
      yield* TalkPage.seen(page, "Connection lost")
      yield* TalkPage.seen(page, /Your conversation is kept for \d+ s/)
      yield* TalkPage.type(page, "Spell the word bridge")
      yield* line.mend
      yield* spells(page, "bridge")
      const probed = yield* PageProbe.read(page)
      const [first, second, ...more] = welcomes(probed)
      assert.deepStrictEqual([first?.resumed, second?.resumed, more], [false, true, []])
      assert.strictEqual(second?.conversationId, first?.conversationId)
      assert.deepStrictEqual(
        (yield* TalkPage.lines(page)).map(({ text }) => text),
        (yield* stored(server.url, first?.conversationId ?? "")).map(({ content }) => content),
      )
    }),
  )

  it.scoped("in the history with everything that was stored when the server was killed", () =>
    Effect.gen(function* () {
      const { home, server } = yield* starting
      const page = yield* talkAt(server.url)
      yield* TalkPage.type(page, "Spell the word ember")
      yield* spells(page, "ember")
      yield* TalkPage.type(page, "Tell me a story")
      yield* TalkPage.seen(page, /Once there was a lighthouse keeper/)
      const left = ParleyDev.descendants(server.pid)
      yield* server.signal("SIGKILL")
      yield* server.exited
      const probed = yield* PageProbe.read(page)
      const promised = probed.told.flatMap(({ message }) =>
        message._tag === "MessageStored" ? [message.messageId] : [],
      )
      assert.isAtLeast(promised.length, 3)

      const again = yield* ParleyDev.start(home, { port: Number(new URL(server.url).port) })
      yield* Console.log(`ready after a crash in ${Math.round(again.readyMillis)} ms`)
      assert.isBelow(again.readyMillis, readyMillisMax)
      yield* TalkPage.seen(page, "The conversation ended while you were away")
      const [welcome] = welcomes(probed)
      const kept = yield* stored(again.url, welcome?.conversationId ?? "")
      assert.includeMembers(
        kept.map(({ id }) => id),
        promised,
      )
      assert.isTrue(Option.isSome((yield* detail(again.url, welcome?.conversationId ?? "")).conversation.endedAt))
      yield* step(() => page.goto(`${again.url}/conversations/`))
      yield* step(() => page.getByRole("link", { name: /Spell the word ember/ }).click())
      yield* TalkPage.seen(page, "Tell me a story")
      assert.deepStrictEqual(
        (yield* TalkPage.lines(page)).map(({ text }) => text),
        kept.map(({ content }) => content),
      )
      assert.deepStrictEqual((yield* ParleyDev.stop(again, "SIGTERM")).orphans, [])
      assert.deepStrictEqual(left.filter(ParleyDev.isAlive), [], "what the killed one had started")
    }),
  )
})
