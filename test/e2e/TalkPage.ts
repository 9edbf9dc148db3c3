import { Effect, Schema } from "effect"
import type { BrowserContextOptions, Page } from "playwright-core"
import { openPage, step } from "../support/ChromiumBrowser.ts"
import * as PageProbe from "../support/PageProbe.ts"

/** For an answer that a person waits for, on a machine that runs other tests beside. */
const patienceMillis = 30_000

/** A line of a transcript as a reader sees it. */
const Line = Schema.Struct({
  who: Schema.Literal("person", "assistant"),
  text: Schema.String,
  /** Struck through. */
  unheard: Schema.String,
  isCut: Schema.Boolean,
})
export type Line = typeof Line.Type

/** A window at an address of the server, watched from its first moment. */
export const open = (url: string, options: BrowserContextOptions = {}) =>
  Effect.gen(function* () {
    const page = yield* openPage(options)
    page.setDefaultTimeout(patienceMillis)
    yield* PageProbe.attach(page)
    yield* step(() => page.goto(url))
    return page
  })

export const press = (page: Page, name: string) => step(() => page.getByRole("button", { name, exact: true }).click())

export const seen = (page: Page, text: string | RegExp) => step(() => page.getByText(text).first().waitFor())

/** Begins a conversation by typing: without a microphone. */
export const type = (page: Page, text: string) =>
  step(async () => {
    await page.getByRole("textbox", { name: "Message" }).fill(text)
    await page.keyboard.press("Enter")
  })

/** Waits for what the person said, whole, or the assistant, as far as it was heard. */
export const line = (page: Page, who: Line["who"], text: RegExp) =>
  step(() => page.locator(`.line.${who}[data-final="true"]`, { hasText: text }).last().waitFor())

/** What is written of a conversation, live or stored. */
export const lines = (page: Page): Effect.Effect<ReadonlyArray<Line>> =>
  step(() =>
    page.locator("article.line").evaluateAll((articles) =>
      articles.map((article) => {
        const words = article.querySelector(".line-text")?.cloneNode(true)
        const part = (selector: string) => {
          const found = words instanceof Element ? words.querySelector(selector) : null
          found?.remove()
          return found?.textContent?.trim() ?? ""
        }
        const unheard = part("s")
        const isCut = part(".line-cut") !== ""
        const who = article.classList.contains("person") ? "person" : "assistant"
        return { who, unheard, isCut, text: words?.textContent?.trim() ?? "" }
      }),
    ),
  ).pipe(Effect.flatMap(Schema.decodeUnknown(Schema.Array(Line))), Effect.orDie)
