import { existsSync } from "node:fs"
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

/**
 * `allowed`: Chromium's own fake microphone, a beep a second, and the person's permission. `refused`: a person who says no.
 * A recording is heard once, from when the page opens the microphone, and then silence.
 */
export type Microphone = "allowed" | "refused" | { readonly recording: string }

const microphoneFlags = (microphone: Microphone): ReadonlyArray<string> => [
  "--use-fake-device-for-media-stream",
  microphone === "refused" ? "--use-fake-ui-for-media-stream=deny" : "--use-fake-ui-for-media-stream",
  ...(typeof microphone === "string" ? [] : [`--use-file-for-fake-audio-capture=${microphone.recording}%noloop`]),
]

const launch = async (microphone: Microphone): Promise<Browser> => {
  if (!existsSync(executable)) throw new Error("These tests need Chromium: bun run services")
  return chromium.launch({ executablePath: executable, args: [...flags, ...microphoneFlags(microphone)] })
}

export const layer = (microphone: Microphone): Layer.Layer<ChromiumBrowser> =>
  Layer.scoped(
    ChromiumBrowser,
    Effect.acquireRelease(
      Effect.promise(() => launch(microphone)),
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
