import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, layer, vi } from "@effect/vitest"
import { Console, Context, Effect, Layer } from "effect"
import type { Page } from "playwright-core"
import { defaults } from "../../src/agent/conversation/ConversationSettings.ts"
import * as ChromiumBrowser from "../support/ChromiumBrowser.ts"
import { step } from "../support/ChromiumBrowser.ts"
import * as PageProbe from "../support/PageProbe.ts"
import * as ParleyDev from "../support/ParleyDev.ts"
import { normalised, wordErrors } from "../support/Speech.ts"
import * as SpokenMicrophone from "../support/SpokenMicrophone.ts"
import * as TalkPage from "./TalkPage.ts"

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const asked = ["What is seventeen times twelve?", "Tell me a story.", "Please stop now, what time is it?"] as const
/** Room for the greeting and the first answer; the last question falls into the story. */
const microphone: ReadonlyArray<SpokenMicrophone.Part> = [6_000, asked[0], 6_500, asked[1], 8_000, asked[2], 1_000]

/** Speech is far above it and the microphone's noise far below. */
const sound = { level: 0.004, pauseMillis: 1_200 }
/** What the engine may take, what the page's own buffers hold, and what a busy machine adds. */
const stopMillisMax = 600
const mouthToEarMillisMax = 4_000
const readyMillisMax = 6_000
const endMillisMax = 2_000

/** A person has asked three things, the last one into the answer to the second. */
class Talked extends Context.Tag("parley/test/e2e/Talked")<
  Talked,
  {
    readonly home: string
    readonly server: ParleyDev.ParleyDev
    readonly page: Page
    readonly probed: PageProbe.Probed
    readonly lines: ReadonlyArray<TalkPage.Line>
  }
>() {}

const talk = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const home = yield* files.makeTempDirectoryScoped()
  const server = yield* ParleyDev.start(home)
  const page = yield* TalkPage.open(server.url)
  yield* TalkPage.press(page, "Start")
  yield* TalkPage.line(page, "assistant", /17 times 12 is 204/)
  yield* TalkPage.line(page, "person", /story/i)
  yield* TalkPage.line(page, "person", /what time is it/i)
  yield* TalkPage.line(page, "assistant", /^.*It is \d+:\d\d/)
  const probed = yield* PageProbe.read(page)
  return { home, server, page, probed, lines: yield* TalkPage.lines(page) }
})

const chromium = Layer.unwrapScoped(
  Effect.map(SpokenMicrophone.make(microphone), (recording) => ChromiumBrowser.layer({ recording })),
)
const talked = Layer.scoped(Talked, Effect.orDie(talk)).pipe(
  Layer.provideMerge(chromium),
  Layer.provideMerge(BunContext.layer),
)

const utterances = ({ microphone }: PageProbe.Probed) => PageProbe.stretches(microphone, sound)
/** How long the page was silent after a moment; forever, if nothing came. */
const silenceAfter = ({ speaker }: PageProbe.Probed, moment: number) =>
  (speaker.find(({ at, level }) => level >= sound.level && at > moment)?.at ?? Infinity) - moment
/** When there has been so much sound since a moment. */
const soundedFor = (sounds: PageProbe.Probed["microphone"], since: number, millis: number) =>
  sounds.filter(({ at, level }) => at >= since && level >= sound.level)[millis / PageProbe.soundMillis - 1]?.at ??
  Infinity
const rounded = (millis: ReadonlyArray<number>) => millis.map(Math.round).join(", ")

layer(talked, { excludeTestServices: true, timeout: "120 seconds" })("a person in a browser", (it) => {
  it.scoped("reads what both said", () =>
    Effect.gen(function* () {
      const { lines } = yield* Talked
      const said = lines.filter(({ who }) => who === "person").map(({ text }) => text)
      assert.strictEqual(said.length, asked.length)
      const reference = normalised(asked.join(" "))
      // A word that begins while the assistant speaks may be swallowed by the browser's echo cancellation.
      assert.isAtMost(wordErrors(reference, normalised(said.join(" "))), 2, said.join(" "))
      const answered = lines.filter(({ who }) => who === "assistant").map(({ text }) => text)
      assert.match(
        answered.join("\n"),
        /^Hello, I am Parley\. .*\n17 times 12 is 204\.\nOnce there was .*\nIt is \d+:\d\d .M\.$/,
      )
    }),
  )

  it.scoped("hears every answer, soon after each question", () =>
    Effect.gen(function* () {
      const { probed } = yield* Talked
      assert.isAbove(Math.max(...probed.speaker.map(({ level }) => level)), 0.05, "as loud as speech")
      const waits = utterances(probed).map(({ to }) => silenceAfter(probed, to))
      yield* Console.log(`mouth to ear, ms: ${rounded(waits)}`)
      assert.strictEqual(waits.length, asked.length)
      for (const wait of waits) assert.isBelow(wait, mouthToEarMillisMax)
    }),
  )

  it.scoped("interrupts by speaking: the voice falls silent, and the rest is struck through", () =>
    Effect.gen(function* () {
      const { lines, probed } = yield* Talked
      const interruption = utterances(probed)[2]
      assert.isDefined(interruption)
      if (interruption === undefined) return
      const confirmedAt = soundedFor(probed.microphone, interruption.from, defaults.hearing.confirmMillis)
      const sounding = probed.speaker.filter(({ at, level }) => level >= sound.level && at < interruption.to)
      assert.isAbove(sounding.filter(({ at }) => at > interruption.from - 2_000).length, 50, "it was speaking")
      const stoppedAt = sounding.at(-1)?.at ?? Infinity
      const [began, confirmed] = [stoppedAt - interruption.from, stoppedAt - confirmedAt]
      yield* Console.log(
        `voice silent after the person began to speak, ms: ${rounded([began])}; after that was speech beyond doubt: ${rounded([confirmed])}`,
      )
      assert.isBelow(confirmed, stopMillisMax)
      const [cut, ...others] = lines.filter(({ isCut }) => isCut)
      assert.deepStrictEqual(others, [])
      assert.match(cut?.text ?? "", /^Once there was a lighthouse keeper/)
      assert.match(cut?.unheard ?? "", /the evenings were never quiet again\.$/)
    }),
  )

  it.scoped("sees what each answer took", () =>
    Effect.gen(function* () {
      const { page } = yield* Talked
      const bars = page.getByRole("button", { name: /^First sound: \d+\.\d\d s\. Show the stages$/ })
      assert.isAtLeast(yield* step(() => bars.count()), asked.length)
      yield* step(() => bars.nth(1).click())
      const stages = yield* step(() => page.locator(".turn-detail tr").allInnerTexts())
      assert.match(stages.join(" "), /Transcript\s+\d\.\d\d s.*First token\s+\d\.\d\d s.*Playout\s+\d\.\d\d s/s)
    }),
  )

  it.scoped("types as well, ends, and finds it all again after the server was stopped and started", () =>
    Effect.gen(function* () {
      const { home, page, server } = yield* Talked
      yield* TalkPage.type(page, "Spell the word parley")
      yield* TalkPage.line(page, "assistant", /P, A, R, L, E, Y/)
      yield* TalkPage.press(page, "End")
      yield* TalkPage.seen(page, "You ended the conversation")
      const live = yield* TalkPage.lines(page)
      assert.strictEqual(live.length, 2 * (asked.length + 1) + 1)

      const stopped = yield* ParleyDev.stop(server, "SIGTERM")
      assert.deepStrictEqual([stopped.code, stopped.orphans], [0, []])
      assert.isAtLeast(stopped.family.length, 3, "database and engines")
      assert.isBelow(stopped.millis, endMillisMax)
      const again = yield* ParleyDev.start(home, { port: Number(new URL(server.url).port) })
      yield* Console.log(
        `ended in ${Math.round(stopped.millis)} ms, ready again in ${Math.round(again.readyMillis)} ms`,
      )
      assert.isBelow(again.readyMillis, readyMillisMax)

      yield* step(() => page.goto(`${again.url}/conversations`))
      yield* step(() => page.getByRole("link", { name: /What is seventeen times twelve.*9 messages/ }).click())
      yield* TalkPage.seen(page, "interrupted")
      assert.deepStrictEqual(yield* TalkPage.lines(page), live)
    }),
  )
})
