import { expect, layer, vi } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import * as ChromiumBrowser from "../support/ChromiumBrowser.ts"
import { openPage, step } from "../support/ChromiumBrowser.ts"
import { mockId } from "../support/MockHistory.ts"
import { mockScript } from "../support/MockScript.ts"
import { type MockServer, type Seen, startMock } from "../support/MockServer.ts"

// A browser on a busy machine: each wait inside has a shorter deadline of its own.
vi.setConfig({ testTimeout: 60_000 })

const visible = (page: Page, text: string) => step(() => page.getByText(text, { exact: true }).first().waitFor())
const press = (page: Page, name: string) => step(() => page.getByRole("button", { name, exact: true }).click())

const talking = Effect.gen(function* () {
  const server = yield* startMock
  const page = yield* openPage()
  yield* step(() => page.goto(server.url))
  yield* press(page, "Start")
  yield* visible(page, "Listening")
  return { server, page }
})

const playedOf = (seen: Seen, generation: number): number =>
  Math.max(
    0,
    ...seen.messages.flatMap((message) =>
      message._tag === "Played" && message.generation === generation ? [message.samples] : [],
    ),
  )

const speak = (server: MockServer) => server.tell("send", { _tag: "StateChanged", state: "speaking" })

layer(ChromiumBrowser.layer("allowed"), { excludeTestServices: true })("talking", (it) => {
  it.scoped("sends the microphone as frames of 20 ms at 16 kHz", () =>
    Effect.gen(function* () {
      const { server } = yield* talking
      const seen = yield* server.seen(
        "two seconds of sound",
        (seen) => seen.audioFrames > 100 && seen.audioPeak > 1_000,
      )
      expect(Object.keys(seen.frameBytes)).toEqual(["640"])
    }),
  )

  it.scoped("mutes by button and by the space bar: frames go on, silent", () =>
    Effect.gen(function* () {
      const { server, page } = yield* talking
      yield* server.seen("a beep", (seen) => seen.audioPeak > 1_000)
      yield* press(page, "Mute")
      yield* visible(page, "Muted")
      // Frames that were under way when the button was pressed.
      yield* server.tell("forget")
      yield* server.seen("300 ms", (seen) => seen.audioFrames > 15)
      yield* server.tell("forget")
      const muted = yield* server.seen("frames while muted", (seen) => seen.audioFrames > 75)
      expect(muted.audioPeak).toBe(0)
      yield* step(() => page.locator("body").click({ position: { x: 5, y: 300 } }))
      yield* step(() => page.keyboard.press(" "))
      yield* visible(page, "Listening")
      yield* server.seen("a beep again", (seen) => seen.audioPeak > 1_000)
      yield* step(() => page.keyboard.press(" ", { delay: 600 }))
      yield* visible(page, "Listening")
    }),
  )

  it.scoped("plays the assistant's voice and counts it to the sample", () =>
    Effect.gen(function* () {
      const { server } = yield* talking
      yield* server.tell("tone", { seconds: 1.25 })
      const seen = yield* server.seen("all of it played", (seen) => playedOf(seen, 0) >= 30_000)
      expect(playedOf(seen, 0)).toBe(30_000)
      const counts = seen.messages.flatMap((message) => (message._tag === "Played" ? [message.samples] : []))
      expect(counts).toEqual([...counts].sort((a, b) => a - b))
      // Every 50 ms of 1.25 s, and at the end.
      expect(counts.length).toBeGreaterThan(20)
      expect(counts.length).toBeLessThan(40)
    }),
  )

  it.scoped("interrupts with Escape: the voice stops at once and tells how far it came", () =>
    Effect.gen(function* () {
      const { server, page } = yield* talking
      yield* speak(server)
      yield* server.tell("tone", { seconds: 20 })
      yield* server.seen("it plays", (seen) => playedOf(seen, 0) > 4_800)
      yield* visible(page, "Speaking")
      yield* step(() => page.keyboard.press("Escape"))
      const seen = yield* server.seen("the interruption", (seen) =>
        seen.messages.some((message) => message._tag === "Interrupt"),
      )
      const before = playedOf(seen, 0)
      yield* server.tell("tone", { seconds: 0.5 })
      const after = yield* server.seen("the next generation", (seen) => playedOf(seen, 1) === 12_000)
      // What was under way when the key was pressed, not what was still held.
      expect(playedOf(after, 0) - before).toBeLessThan(4_800)
    }),
  )

  it.scoped("writes down both sides: partials, tools, the interrupted part, the latency", () =>
    Effect.gen(function* () {
      const { server, page } = yield* talking
      yield* server.tell("send", mockScript[4])
      yield* visible(page, "what's the weather")
      for (const message of mockScript) yield* server.tell("send", message)
      yield* visible(page, "What’s the weather like on the coast this weekend?")
      yield* visible(page, "interrupted")
      expect(yield* step(() => page.locator("s").innerText())).toContain("On Sunday a front brings showers")
      expect(yield* step(() => page.locator(".line-tool").innerText())).toContain("Used weather forecast")
      yield* step(() => page.getByRole("button", { name: /First sound: 0.60 s/ }).click())
      yield* visible(page, "First token")
      yield* server.tell("raw", { _tag: "FromTheFuture", anything: 1 })
      yield* server.tell("send", { _tag: "Notice", code: "dead-air", message: "I lost my thread." })
      yield* step(() => page.getByText("I lost my thread.").waitFor())
    }),
  )

  it.scoped("follows the newest line, except for a reader who has scrolled up", () =>
    Effect.gen(function* () {
      const { server, page } = yield* talking
      for (const message of mockScript) yield* server.tell("send", message)
      const say = (n: number) =>
        server.tell("send", {
          _tag: "UserTranscript",
          messageId: mockId(n),
          text: `Line ${n}`,
          final: true,
          source: "speech",
        })
      for (let n = 0; n < 12; n++) yield* say(n + 0x900)
      const lines = page.getByRole("log")
      const distance = () => lines.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)
      yield* visible(page, `Line ${0x900 + 11}`)
      expect(yield* step(distance)).toBeLessThan(2)
      yield* step(() => lines.evaluate((box) => box.scrollTo(0, 0)))
      yield* step(() => page.getByRole("button", { name: "Newest" }).waitFor())
      yield* say(0x990)
      yield* visible(page, `Line ${0x990}`)
      expect(yield* step(() => lines.evaluate((box) => box.scrollTop))).toBe(0)
      yield* press(page, "Newest")
      yield* step(() => page.getByRole("button", { name: "Newest" }).waitFor({ state: "detached" }))
    }),
  )

  it.scoped("keeps in sight what is newest in a smaller window, and what is opened at the end", () =>
    Effect.gen(function* () {
      const { server, page } = yield* talking
      for (const message of mockScript) yield* server.tell("send", message)
      yield* visible(page, "interrupted")
      const below = (selector: string) =>
        step(() =>
          page.evaluate((selector) => {
            const box = document.querySelector(".transcript-lines")?.getBoundingClientRect().bottom ?? 0
            return ([...document.querySelectorAll(selector)].at(-1)?.getBoundingClientRect().bottom ?? Infinity) - box
          }, selector),
        )
      yield* step(() => page.setViewportSize({ width: 390, height: 700 }))
      yield* step(() => page.waitForFunction(() => document.documentElement.clientWidth === 390))
      yield* step(() => page.evaluate(() => new Promise(requestAnimationFrame)))
      expect(yield* below(".line")).toBeLessThanOrEqual(0)
      yield* step(() => page.locator(".turn-bar").last().click())
      yield* step(() => page.locator(".turn-extras").last().waitFor())
      expect(yield* below(".turn-extras")).toBeLessThanOrEqual(0)
      yield* step(() => page.locator(".turn-bar").last().click())
      yield* step(() => page.locator(".turn-extras").waitFor({ state: "detached" }))
    }),
  )

  it.scoped("shows typed text as pending until it is stored", () =>
    Effect.gen(function* () {
      const { server, page } = yield* talking
      yield* step(() => page.getByRole("textbox", { name: "Message" }).fill("Remember the towel"))
      yield* step(() => page.keyboard.press("Enter"))
      yield* visible(page, "Sending")
      const seen = yield* server.seen("the text", (seen) => seen.messages.some((message) => message._tag === "Text"))
      const text = seen.messages.find((message) => message._tag === "Text")
      expect(text).toMatchObject({ text: "Remember the towel" })
      yield* server.tell("send", { _tag: "MessageStored", messageId: text?.messageId })
      yield* step(() => page.getByText("Sending", { exact: true }).waitFor({ state: "detached" }))
      expect(yield* step(() => page.getByText("Remember the towel").count())).toBe(1)
    }),
  )

  it.scoped("comes back to the conversation when the connection is lost, and sends what was typed meanwhile", () =>
    Effect.gen(function* () {
      const { server, page } = yield* talking
      for (const message of mockScript.slice(0, 8)) yield* server.tell("send", message)
      yield* server.tell("set", { refusing: true })
      yield* server.tell("drop")
      yield* visible(page, "Connection lost")
      yield* step(() => page.getByText(/Your conversation is kept for \d+ s/).waitFor())
      yield* step(() => page.getByRole("textbox", { name: "Message" }).fill("Are you there?"))
      yield* step(() => page.keyboard.press("Enter"))
      yield* server.tell("set", { refusing: false })
      yield* visible(page, "Listening")
      const seen = yield* server.seen("the text", (seen) => seen.messages.some((message) => message._tag === "Text"))
      expect(seen.resumes).toEqual([null, mockId(0x7777)])
      yield* visible(page, "What’s the weather like on the coast this weekend?")
    }),
  )

  it.scoped("sees at once that the device has no network, and comes back with it", () =>
    Effect.gen(function* () {
      const { page } = yield* talking
      yield* step(() => page.context().setOffline(true))
      yield* visible(page, "Connection lost")
      yield* step(() => page.context().setOffline(false))
      yield* visible(page, "Listening")
    }),
  )

  it.scoped("goes on, after a press, with the conversation of a page that was loaded again", () =>
    Effect.gen(function* () {
      const { server, page } = yield* talking
      for (const message of mockScript.slice(0, 8)) yield* server.tell("send", message)
      yield* visible(page, "What’s the weather like on the coast this weekend?")
      yield* press(page, "Mute")
      yield* step(() => page.reload())
      yield* visible(page, "Your conversation is still there")
      yield* press(page, "Go on talking")
      yield* visible(page, "Muted")
      const seen = yield* server.seen("the return", (seen) => seen.resumes.length === 2)
      expect(seen.resumes).toEqual([null, mockId(0x7777)])
      expect(seen.joined).toEqual([mockId(0x7777)])
      // Nobody who was silenced is heard again unasked.
      yield* server.seen("frames", (seen) => seen.audioFrames > 25)
      yield* press(page, "End")
      yield* visible(page, "You ended the conversation")
      yield* step(() => page.reload())
      yield* visible(page, "Ready when you are")
    }),
  )

  it.scoped("says that no more people can wait", () =>
    Effect.gen(function* () {
      const server = yield* startMock
      yield* server.tell("talk", { full: true })
      const page = yield* openPage()
      yield* step(() => page.goto(server.url))
      yield* press(page, "Start")
      yield* step(() => page.getByRole("alert").getByText("Every assistant is busy").waitFor())
      yield* server.tell("talk", { full: false })
      yield* press(page, "Try again")
      yield* visible(page, "Listening")
    }),
  )

  it.scoped("gives up when the server stays away, says so, and offers a way out", () =>
    Effect.gen(function* () {
      const server = yield* startMock
      yield* server.tell("set", { resumeWithinMillis: 900 })
      const page = yield* openPage()
      yield* step(() => page.goto(server.url))
      yield* press(page, "Start")
      yield* visible(page, "Listening")
      yield* server.kill
      yield* step(() => page.getByRole("alert").getByText("The server does not answer").waitFor())
      yield* step(() => page.getByRole("button", { name: "Try again" }).waitFor())
    }),
  )

  it.scoped("says that every assistant is busy, and that the assistant said goodbye", () =>
    Effect.gen(function* () {
      const { server, page } = yield* talking
      yield* server.tell("send", { _tag: "Problem", code: "full", message: "full" })
      yield* step(() => page.getByRole("alert").getByText("Every assistant is busy").waitFor())
      yield* press(page, "Try again")
      yield* visible(page, "Listening")
      yield* server.tell("send", { _tag: "Ended", reason: "silence" })
      yield* visible(page, "Ended after a long silence")
      yield* step(() => page.getByRole("link", { name: "Read the conversation" }).waitFor())
    }),
  )

  it.scoped("leaves when told to, and lets go of the microphone", () =>
    Effect.gen(function* () {
      const { server, page } = yield* talking
      yield* server.seen("sound", (seen) => seen.audioFrames > 5)
      yield* press(page, "End")
      yield* visible(page, "You ended the conversation")
      yield* server.seen("the leaving", (seen) => seen.messages.some((message) => message._tag === "Leave"))
      yield* press(page, "Start again")
      yield* visible(page, "Listening")
    }),
  )
})

layer(ChromiumBrowser.layer("refused"), { excludeTestServices: true })("without a microphone", (it) => {
  it.scoped("says how to allow it, and lets a person type instead", () =>
    Effect.gen(function* () {
      const server = yield* startMock
      const page = yield* openPage()
      yield* step(() => page.goto(server.url))
      yield* press(page, "Start")
      const alert = page.getByRole("alert")
      yield* step(() => alert.getByText("The microphone is blocked for this page").waitFor())
      expect(yield* step(() => alert.innerText())).toContain("to the left of the address")
      yield* step(() => page.getByRole("textbox", { name: "Message" }).fill("Hello"))
      yield* press(page, "Send")
      yield* server.seen("the text", (seen) => seen.messages.some((message) => message._tag === "Text"))
      yield* visible(page, "Waiting for what you type")
    }),
  )
})
