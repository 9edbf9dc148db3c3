import { expect, layer, vi } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import * as ChromiumBrowser from "../support/ChromiumBrowser.ts"
import { openPage, step } from "../support/ChromiumBrowser.ts"
import { describeLiveKit, liveKitServer, type LiveKitServer } from "../support/LiveKitServer.ts"
import { mockId } from "../support/MockHistory.ts"
import { mockScript } from "../support/MockScript.ts"
import { type MockServer, startMock } from "../support/MockServer.ts"
import { mockConversationId } from "../support/MockTalk.ts"
import { startAgent } from "../support/RoomAgentProcess.ts"

// A browser and a media server on a busy machine: each wait inside has a shorter deadline of its own.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const visible = (page: Page, text: string | RegExp) =>
  step(() => page.getByText(text, { exact: true }).first().waitFor({ timeout: 20_000 }))
const press = (page: Page, name: string) => step(() => page.getByRole("button", { name, exact: true }).click())

const over = (server: MockServer, { key, secret, url }: LiveKitServer) =>
  server.tell("talk", { livekit: { key, secret, url } })

/** A page whose server has rooms on a media server; nobody is in them. */
const opened = Effect.gen(function* () {
  const livekit = yield* liveKitServer
  const server = yield* startMock
  yield* over(server, livekit)
  const page = yield* openPage()
  yield* step(() => page.goto(server.url))
  return { livekit, server, page }
})

/** Runs before the page's own scripts: a network that lets neither UDP nor TCP through, and has no relay. */
const blockMedia = () => {
  const blocked = (configuration?: RTCConfiguration) => ({ ...configuration, iceTransportPolicy: "relay" }) as const
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(blocked(configuration))
    }
    override setConfiguration(configuration?: RTCConfiguration) {
      super.setConfiguration(blocked(configuration))
    }
  }
}

/** The same page in a network that blocks calls. */
const blocked = Effect.gen(function* () {
  const parts = yield* opened
  yield* step(() => parts.page.addInitScript(blockMedia))
  yield* step(() => parts.page.reload())
  return parts
})

const talking = Effect.gen(function* () {
  const parts = yield* opened
  const agent = yield* startAgent(parts.livekit, "assistant-1")
  yield* press(parts.page, "Start")
  yield* visible(parts.page, "Listening")
  return { ...parts, agent }
})

/** Runs in a window before the page's own scripts: it was in this conversation a moment ago. */
const returning = (conversationId: string) => {
  if (window.sessionStorage.length > 0) return
  // @effect-diagnostics-next-line globalDate:off
  const left = { conversationId, over: "livekit", typing: false, muted: false, leftAt: Date.now() }
  window.sessionStorage.setItem("parley.conversation", JSON.stringify(left))
}

/** How loud the assistant's voice is in the page now, 0 to 1: what its elements play. */
const loudness = (page: Page) =>
  step(() =>
    page.evaluate(async () => {
      const element = document.querySelector("audio")
      if (element === null || element.paused || !(element.srcObject instanceof MediaStream)) return 0
      const context = new AudioContext()
      const analyser = new AnalyserNode(context, { fftSize: 2_048 })
      context.createMediaStreamSource(element.srcObject).connect(analyser)
      const block = new Float32Array(analyser.fftSize)
      let loudest = 0
      for (let look = 0; look < 30; look++) {
        await new Promise(requestAnimationFrame)
        analyser.getFloatTimeDomainData(block)
        for (const sample of block) loudest = Math.max(loudest, Math.abs(sample))
      }
      await context.close()
      return loudest
    }),
  )

describeLiveKit("in a room of the media server", () => {
  layer(ChromiumBrowser.layer("allowed"), { excludeTestServices: true })("talking", (it) => {
    it.scoped("sends the microphone, plays the assistant, and shows what it tells", () =>
      Effect.gen(function* () {
        const { agent, page } = yield* talking
        yield* agent.seen("two seconds of sound", (seen) => seen.audioFrames > 50 && seen.audioPeak > 1_000)
        yield* agent.tell("tone", { seconds: 6 })
        yield* agent.tell("send", { _tag: "StateChanged", state: "speaking" })
        yield* visible(page, "Speaking")
        expect(yield* loudness(page)).toBeGreaterThan(0.1)
        for (const message of mockScript) yield* agent.tell("send", message)
        yield* visible(page, "What’s the weather like on the coast this weekend?")
        yield* visible(page, "interrupted")
        yield* step(() => page.keyboard.press("Escape"))
        yield* agent.seen("the interruption", (seen) => seen.interrupts === 1)
      }),
    )

    it.scoped("mutes the track, and names who else talks", () =>
      Effect.gen(function* () {
        const { agent, page } = yield* talking
        yield* agent.seen("a beep", (seen) => seen.audioPeak > 1_000)
        yield* press(page, "Mute")
        yield* visible(page, "Muted")
        yield* agent.seen("the mute", (seen) => seen.muted)
        // What was under way when the button was pressed.
        yield* agent.tell("forget")
        yield* agent.seen("300 ms", (seen) => seen.audioFrames > 30)
        yield* agent.tell("forget")
        const muted = yield* agent.seen("frames while muted", (seen) => seen.audioFrames > 150)
        expect(muted.audioPeak).toBe(0)
        yield* press(page, "Unmute")
        yield* agent.seen("a beep again", (seen) => seen.audioPeak > 1_000)
        const said = {
          _tag: "UserTranscript",
          text: "Hello all",
          final: true,
          source: "speech",
          messageId: mockId(0x301),
        }
        yield* agent.tell("send", { ...said, speaker: "Ada" })
        yield* visible(page, "Ada")
        yield* agent.tell("send", { ...said, messageId: mockId(0x302), text: "Me too", speaker: "You" })
        yield* visible(page, "Me too")
        expect(yield* step(() => page.locator(".line-who").allInnerTexts())).toEqual(["Ada", "You"])
      }),
    )

    it.scoped("sends typed text with its id, again to the next assistant until it is stored", () =>
      Effect.gen(function* () {
        const { agent, livekit, page, server } = yield* talking
        yield* step(() => page.getByRole("textbox", { name: "Message" }).fill("Remember the towel"))
        yield* step(() => page.keyboard.press("Enter"))
        const first = yield* agent.seen("the text", (seen) => seen.texts.length === 1)
        yield* server.tell("talk", { place: { _tag: "Waiting", position: 1, estimateMillis: 20_000 } })
        yield* agent.kill
        yield* visible(page, "The assistant was lost")
        yield* visible(page, /Another one is coming: you are next, less than a minute/)
        const next = yield* startAgent(livekit, "assistant-2")
        yield* visible(page, "Listening")
        const again = yield* next.seen("the text again", (seen) => seen.texts.length === 1)
        expect(again.texts).toEqual(first.texts)
        yield* next.tell("send", { _tag: "MessageStored", messageId: again.texts[0]?.id })
        yield* step(() => page.getByText("Sending", { exact: true }).waitFor({ state: "detached" }))
        expect(yield* step(() => page.getByText("Remember the towel").count())).toBe(1)
      }),
    )

    it.scoped("says where one stands in the queue, and that one may leave", () =>
      Effect.gen(function* () {
        const { page, server } = yield* opened
        yield* server.tell("talk", { place: { _tag: "Waiting", position: 3, estimateMillis: 120_000 } })
        yield* press(page, "Start")
        yield* visible(page, "You are number 3")
        yield* visible(page, "About 2 minutes. We begin as soon as one is free; you may leave at any time.")
        yield* server.tell("talk", { place: { _tag: "Waiting", position: 1, estimateMillis: null } })
        yield* visible(page, "You are next")
        yield* press(page, "Leave")
        yield* visible(page, "You ended the conversation")
        yield* server.seen("the leaving", (seen) => seen.left.includes(mockConversationId))
      }),
    )

    it.scoped("goes on with the conversation when the page is loaded again", () =>
      Effect.gen(function* () {
        const { agent, page, server } = yield* talking
        for (const message of mockScript.slice(0, 8)) yield* agent.tell("send", message)
        yield* visible(page, "What’s the weather like on the coast this weekend?")
        yield* step(() => page.reload())
        yield* visible(page, "What’s the weather like on the coast this weekend?")
        yield* agent.seen("a second greeting", (seen) => seen.hellos === 2)
        const seen = yield* server.seen("the return", (seen) => seen.joined.length === 1)
        expect(seen.joined).toEqual([mockConversationId])
        expect(seen.begun).toHaveLength(1)
        yield* agent.tell("forget")
        yield* agent.seen("a beep", (seen) => seen.audioPeak > 1_000)
      }),
    )

    it.scoped("asks for a gesture where the browser plays nothing without one", () =>
      Effect.gen(function* () {
        const { livekit, page, server } = yield* opened
        const agent = yield* startAgent(livekit, "assistant-1")
        // Chromium takes a gesture before a reload for one after it; a window that is opened again has had none.
        const again = yield* step(() => page.context().newPage())
        yield* step(() => again.addInitScript(returning, mockConversationId))
        // Looking into a page counts as a gesture, so the media client's own words are waited for.
        const refused = again.waitForEvent("console", (message) => message.text().includes("could not playback audio"))
        yield* step(() => again.goto(server.url))
        yield* step(() => refused)
        yield* agent.tell("tone", { seconds: 30 })
        yield* step(() => again.getByRole("button", { name: "Turn the sound on" }).waitFor())
        expect(yield* loudness(again)).toBe(0)
        yield* press(again, "Turn the sound on")
        yield* step(() => again.getByRole("button", { name: "Mute", exact: true }).waitFor())
        expect(yield* loudness(again)).toBeGreaterThan(0.1)
      }),
    )

    it.scoped("shows that it is recorded, and tells the server that the person agreed", () =>
      Effect.gen(function* () {
        const { livekit, page, server } = yield* opened
        const agent = yield* startAgent(livekit, "assistant-1")
        yield* agent.tell("set", { recorded: true })
        yield* press(page, "Settings")
        yield* step(() => page.getByRole("switch", { name: "Record my conversations" }).click())
        yield* press(page, "Close")
        yield* press(page, "Start")
        yield* visible(page, "Recorded")
        expect((yield* server.seen("the beginning", (seen) => seen.begun.length === 1)).begun).toEqual([
          { record: true, over: "any" },
        ])
      }),
    )

    it.scoped("says goodbye to the assistant", () =>
      Effect.gen(function* () {
        const { agent, page } = yield* talking
        yield* press(page, "End")
        yield* visible(page, "You ended the conversation")
        yield* agent.seen("the goodbye", (seen) => seen.leaves === 1)
      }),
    )

    it.scoped("comes back when the media server was restarted", () =>
      Effect.gen(function* () {
        const { agent, livekit, page } = yield* talking
        yield* livekit.kill
        yield* visible(page, "Connection lost")
        yield* step(() => page.getByText(/Your conversation is kept for \d+ s/).waitFor())
        yield* agent.kill
        yield* livekit.start
        const next = yield* startAgent(livekit, "assistant-2")
        yield* next.seen("the page, and its sound", (seen) => seen.hellos > 0 && seen.audioPeak > 1_000)
        yield* visible(page, "Listening")
      }),
    )

    it.scoped("talks over a plain connection where sound does not get through, and says so", () =>
      Effect.gen(function* () {
        const { page, server } = yield* blocked
        yield* press(page, "Start")
        yield* visible(page, "Your network blocks calls")
        yield* visible(page, "Listening")
        const seen = yield* server.seen("sound over the socket", (seen) => seen.audioPeak > 1_000)
        expect(seen.begun.map(({ over }) => over)).toEqual(["any", "websocket"])
        expect(seen.left).toEqual([mockConversationId])
        yield* press(page, "Understood")
        yield* step(() => page.getByText("Your network blocks calls").waitFor({ state: "detached" }))
      }),
    )

    it.scoped("talks over a plain connection where the media server is not reached", () =>
      Effect.gen(function* () {
        const { livekit, page } = yield* opened
        yield* livekit.stop
        yield* press(page, "Start")
        yield* visible(page, "The call server does not answer")
        yield* visible(page, "Listening")
      }),
    )

    it.scoped("says what to do where there is no plain connection either", () =>
      Effect.gen(function* () {
        const { page, server } = yield* blocked
        yield* server.tell("talk", { roomsOnly: true })
        yield* press(page, "Start")
        const alert = page.getByRole("alert")
        yield* step(() => alert.getByText("Your network blocks calls").waitFor({ timeout: 20_000 }))
        expect(yield* step(() => alert.innerText())).toContain("Try another network")
      }),
    )
  })
})
