import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, layer, vi } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import type { Page } from "playwright-core"
import * as ChromiumBrowser from "../support/ChromiumBrowser.ts"
import { step } from "../support/ChromiumBrowser.ts"
import { describeLiveKit } from "../support/LiveKitServer.ts"
import * as ParleyDev from "../support/ParleyDev.ts"
import { normalised, wordErrors } from "../support/Speech.ts"
import * as SpokenMicrophone from "../support/SpokenMicrophone.ts"
import * as TalkPage from "./TalkPage.ts"

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const patienceMillis = 30_000
const asked = ["What is seventeen times twelve?", "Tell me a story.", "Please stop now, what time is it?"] as const
/** Room for the greeting and the first answer; the last question falls into the story. */
const microphone: ReadonlyArray<SpokenMicrophone.Part> = [6_000, asked[0], 6_500, asked[1], 8_000, asked[2], 1_000]

class Talked extends Context.Tag("parley/test/e2e/LiveKitTalked")<
  Talked,
  { readonly page: Page; readonly lines: ReadonlyArray<TalkPage.Line> }
>() {}

/** What has come in by WebRTC, in all connections of the page: its energy is 0 where nothing was to be heard. */
const received = (page: Page) =>
  step(() =>
    page.evaluate(async () => {
      const found: Array<{ packets: number; energy: number }> = []
      const connections: ReadonlyArray<RTCPeerConnection> = Reflect.get(window, "connections")
      for (const connection of connections) {
        for (const entry of (await connection.getStats()).values()) {
          if (entry.type === "inbound-rtp" && entry.kind === "audio")
            found.push({ packets: entry.packetsReceived, energy: entry.totalAudioEnergy })
        }
      }
      return found
    }),
  )

/** Keeps the page's own connections where the test can ask them. */
const keepConnections = () => {
  const connections: Array<RTCPeerConnection> = []
  Reflect.set(window, "connections", connections)
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      connections.push(this)
    }
  }
}

const talk = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const server = yield* ParleyDev.start(yield* files.makeTempDirectoryScoped(), { env: { PARLEY_MEDIA: "livekit" } })
  const page = yield* ChromiumBrowser.openPage({})
  page.setDefaultTimeout(patienceMillis)
  yield* step(() => page.addInitScript(keepConnections))
  yield* step(() => page.goto(server.url))
  yield* TalkPage.press(page, "Start")
  yield* TalkPage.line(page, "assistant", /17 times 12 is 204/)
  yield* TalkPage.line(page, "person", /story/i)
  yield* TalkPage.line(page, "person", /what time is it/i)
  yield* TalkPage.line(page, "assistant", /^.*It is \d+:\d\d/)
  return { page, lines: yield* TalkPage.lines(page) }
})

const chromium = Layer.unwrapScoped(
  Effect.map(SpokenMicrophone.make(microphone), (recording) => ChromiumBrowser.layer({ recording })),
)
const talked = Layer.scoped(Talked, Effect.orDie(talk)).pipe(
  Layer.provideMerge(chromium),
  Layer.provideMerge(BunContext.layer),
)

describeLiveKit("a person in a browser, over LiveKit", () => {
  layer(talked, { excludeTestServices: true, timeout: "120 seconds" })((it) => {
    it.scoped("reads what both said, after the greeting", () =>
      Effect.gen(function* () {
        const { lines } = yield* Talked
        const said = lines.filter(({ who }) => who === "person").map(({ text }) => text)
        assert.strictEqual(said.length, asked.length)
        // A word that begins while the assistant speaks may be swallowed by the browser's echo cancellation.
        assert.isAtMost(wordErrors(normalised(asked.join(" ")), normalised(said.join(" "))), 2, said.join(" "))
        const answered = lines.filter(({ who }) => who === "assistant").map(({ text }) => text)
        assert.match(
          answered.join("\n"),
          /^Hello, I am Parley\. .*\n17 times 12 is 204\.\nOnce there was .*\nIt is \d+:\d\d .M\.$/,
        )
      }),
    )

    it.scoped("hears the assistant through the media server", () =>
      Effect.gen(function* () {
        const heard = yield* received((yield* Talked).page)
        assert.isAbove(Math.max(0, ...heard.map(({ packets }) => packets)), 200)
        assert.isAbove(Math.max(0, ...heard.map(({ energy }) => energy)), 0.01)
      }),
    )

    it.scoped("cuts in by speaking: the rest is struck through", () =>
      Effect.gen(function* () {
        const [cut, ...others] = (yield* Talked).lines.filter(({ isCut }) => isCut)
        assert.deepStrictEqual(others, [])
        assert.match(cut?.text ?? "", /^Once there was a lighthouse keeper/)
        assert.match(cut?.unheard ?? "", /the evenings were never quiet again\.$/)
      }),
    )

    it.scoped("loads the page again and goes on with the same conversation", () =>
      Effect.gen(function* () {
        const { page } = yield* Talked
        yield* step(() => page.reload())
        yield* TalkPage.seen(page, "17 times 12 is 204")
        yield* TalkPage.type(page, "Spell the word parley")
        yield* TalkPage.line(page, "assistant", /P, A, R, L, E, Y/)
        const lines = yield* TalkPage.lines(page)
        assert.deepStrictEqual(
          lines.filter(({ text }) => text.startsWith("Hello, I am Parley")).length,
          1,
          "one greeting, no new conversation",
        )
        yield* TalkPage.press(page, "End")
        yield* TalkPage.seen(page, "You ended the conversation")
      }),
    )
  })
})
