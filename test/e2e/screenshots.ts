/** `bun test/e2e/screenshots.ts`: takes the pictures in docs/ of a real conversation with `parley dev`. */
import { FileSystem } from "@effect/platform"
import { BunContext, BunRuntime } from "@effect/platform-bun"
import { Effect, Layer } from "effect"
import type { Page } from "playwright-core"
import { projectRoot } from "../main/Run.ts"
import * as ChromiumBrowser from "../support/ChromiumBrowser.ts"
import { step } from "../support/ChromiumBrowser.ts"
import * as ParleyDev from "../support/ParleyDev.ts"
import * as SpokenMicrophone from "../support/SpokenMicrophone.ts"
import * as TalkPage from "./TalkPage.ts"

const microphone = Layer.unwrapScoped(
  Effect.map(
    SpokenMicrophone.make([
      6_000,
      "What is seventeen times twelve?",
      6_000,
      "Tell me a story.",
      11_000,
      "Please stop now, what time is it?",
      1_000,
    ]),
    (recording) => ChromiumBrowser.layer({ recording }),
  ),
)

interface Look {
  readonly width: number
  readonly height: number
  readonly colorScheme: "light" | "dark"
}
const desktop: Look = { width: 1_280, height: 800, colorScheme: "light" }
const phone: Look = { width: 390, height: 844, colorScheme: "light" }

/** The shape reads the theme's colours again after some pictures. */
const settles = "1 second"

const take = (page: Page, name: string, { colorScheme, ...size }: Look) =>
  step(() => page.setViewportSize(size)).pipe(
    Effect.zipRight(step(() => page.emulateMedia({ colorScheme }))),
    Effect.zipRight(Effect.sleep(settles)),
    Effect.zipRight(step(() => page.screenshot({ path: `${projectRoot}docs/${name}.png` }))),
  )

const pictures = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const server = yield* ParleyDev.start(yield* files.makeTempDirectoryScoped())
  const page = yield* TalkPage.open(server.url, { deviceScaleFactor: 2 })
  const devTools = yield* step(() => page.context().newCDPSession(page))
  yield* TalkPage.press(page, "Start")
  yield* TalkPage.seen(page, /lighthouse keeper who talked to the ships. Every/)
  yield* take(page, "talk-light", desktop)
  yield* TalkPage.line(page, "assistant", /^.*It is \d+:\d\d/)
  const turnStages = step(() =>
    page
      .getByRole("button", { name: /^First sound/ })
      .last()
      .click(),
  )
  yield* turnStages
  yield* take(page, "talk-dark", { ...desktop, colorScheme: "dark" })
  yield* turnStages
  yield* step(() => devTools.send("Emulation.setTouchEmulationEnabled", { enabled: true }))
  yield* take(page, "talk-phone", phone)
  yield* step(() => devTools.send("Emulation.setTouchEmulationEnabled", { enabled: false }))
  yield* TalkPage.type(page, "Set a timer for five minutes")
  yield* TalkPage.line(page, "assistant", /5 minutes/)
  yield* TalkPage.press(page, "End")
  yield* step(() => page.getByRole("link", { name: "Read the conversation" }).click())
  yield* TalkPage.seen(page, "interrupted")
  yield* take(page, "history", desktop)
  yield* take(page, "history-phone", phone)
}).pipe(Effect.scoped, Effect.provide(Layer.merge(microphone, BunContext.layer)))

BunRuntime.runMain(pictures)
