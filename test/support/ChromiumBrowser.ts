import { Context, Effect, Layer } from "effect"
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core"

const executable = "/usr/bin/chromium"

/** Nothing of the outside world: no updates, no sync, no other network. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=user-gesture-required",
]

/** A headless Chromium for the tests of a file. */
export class ChromiumBrowser extends Context.Tag("parley/test/support/ChromiumBrowser")<ChromiumBrowser, Browser>() {}

/** `allowed`: Chromium's own fake microphone, a beep a second, and the person's permission. `refused`: a person who says no. */
export const layer = (microphone: "allowed" | "refused"): Layer.Layer<ChromiumBrowser> =>
  Layer.scoped(
    ChromiumBrowser,
    Effect.acquireRelease(
      Effect.promise(() =>
        chromium.launch({
          executablePath: executable,
          args: [
            ...flags,
            "--use-fake-device-for-media-stream",
            microphone === "allowed" ? "--use-fake-ui-for-media-stream" : "--use-fake-ui-for-media-stream=deny",
          ],
        }),
      ),
      (browser) => Effect.promise(() => browser.close()),
    ),
  )

/** A step in a browser; it fails the test with the browser's own words. */
export const step = <A>(act: () => Promise<A>): Effect.Effect<A> => Effect.promise(act)

/** A window of its own. An error in the page fails the test when the window closes. */
export const openPage = (options: BrowserContextOptions = {}) =>
  Effect.gen(function* () {
    const browser = yield* ChromiumBrowser
    const errors: Array<string> = []
    const context = yield* Effect.acquireRelease(
      step(() => browser.newContext(options)),
      (context) => step(() => context.close()).pipe(Effect.andThen(() => noErrors(errors))),
    )
    const page: Page = yield* step(() => context.newPage())
    page.on("pageerror", (error) => errors.push(error.message))
    page.setDefaultTimeout(10_000)
    return page
  })

const noErrors = (errors: ReadonlyArray<string>) =>
  errors.length === 0 ? Effect.void : Effect.dieMessage(`the page threw: ${errors.join("; ")}`)
