import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, layer, vi } from "@effect/vitest"
import { Effect, Layer, Schedule } from "effect"
import type { Page } from "playwright-core"
import { step } from "../support/ChromiumBrowser.ts"
import * as ChatServer from "../support/ChatServer.ts"
import * as ChromiumBrowser from "../support/ChromiumBrowser.ts"
import * as CutLine from "../support/CutLine.ts"
import * as PageProbe from "../support/PageProbe.ts"
import * as ParleyDev from "../support/ParleyDev.ts"
import * as TalkPage from "./TalkPage.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const apology = "Sorry, I can't think of an answer right now."
const answer = "Hello there, friend."
const soundLevel = 0.004

/** What a server does, and what the person is told of it. */
const troubles: ReadonlyArray<readonly [ChatServer.Scenario, RegExp]> = [
  ["500", /cannot be reached, or is out of order/],
  ["html", /sent something that is no answer/],
  ["malformed", /sent something that is no answer/],
  ["mid-error", /is out of order/],
  ["truncate", /broke off in the middle of its answer/],
  ["cut", /cannot be reached, or is out of order/],
  ["stall", /did not answer in time/],
]

const talking = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const home = yield* files.makeTempDirectoryScoped()
  const model = yield* ChatServer.make
  const line = yield* CutLine.make(model.baseUrl)
  const env = { PARLEY_LLM_URL: `${line.url}/v1`, PARLEY_LLM_MODEL: "ok" }
  const server = yield* ParleyDev.start(home, { env })
  const page = yield* TalkPage.open(server.url)
  yield* TalkPage.press(page, "Type only")
  yield* TalkPage.line(page, "assistant", /How can I help/)
  return { line, model, page }
})

/** The text is shown for the nth time. */
const nth = (page: Page, selector: string, hasText: string, index: number) =>
  step(() => page.locator(selector, { hasText }).nth(index).waitFor())

/** Sound that the page plays now, after what was asked before has fallen silent. */
const sounds = (page: Page, since: number) =>
  PageProbe.read(page).pipe(
    Effect.map(({ speaker }) => speaker.some(({ at, level }) => at > since && level > soundLevel)),
    Effect.repeat({ until: (is) => is, schedule: Schedule.spaced("200 millis") }),
    Effect.timeoutFail({ duration: "10 seconds", onTimeout: () => new Error("the apology was not heard") }),
    Effect.orDie,
  )

layer(Layer.merge(ChromiumBrowser.layer("refused"), BunContext.layer), { excludeTestServices: true })(
  "a language model's server",
  (it) => {
    it.scoped("is apologised for when it misbehaves or is gone, and talks again when it recovers", () =>
      Effect.gen(function* () {
        const { line, model, page } = yield* talking
        const now = step(() => page.evaluate(() => performance.now()))
        const apologises = (index: number, told: RegExp) =>
          Effect.gen(function* () {
            yield* TalkPage.type(page, `Question ${index}?`)
            const askedAt = yield* now
            yield* nth(page, ".line.assistant", apology, index)
            yield* step(() => page.locator(".line-notice").nth(index).filter({ hasText: told }).waitFor())
            yield* sounds(page, askedAt)
          })
        const answers = (index: number) =>
          Effect.zipRight(TalkPage.type(page, `And ${index}?`), nth(page, ".line.assistant", answer, index))
        for (const [index, [trouble, told]] of troubles.entries()) {
          yield* model.behave(trouble)
          yield* apologises(index, told)
          yield* model.behave("ok")
          yield* answers(index)
        }
        yield* line.cut
        yield* apologises(troubles.length, /cannot be reached/)
        yield* line.mend
        yield* answers(troubles.length)
        const notices = yield* step(() => page.locator(".line-notice").allInnerTexts())
        assert.strictEqual(notices.length, troubles.length + 1)
        assert.notMatch(notices.join(" "), /HTTP|JSON|ECONN|<html|fetch/)
      }),
    )
  },
)
