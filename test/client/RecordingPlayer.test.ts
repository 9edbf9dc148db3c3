import { expect, layer, vi } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import type { Page } from "playwright-core"
import * as ChromiumBrowser from "../support/ChromiumBrowser.ts"
import { openPage, step } from "../support/ChromiumBrowser.ts"
import { mockId } from "../support/MockHistory.ts"
import { startMock } from "../support/MockServer.ts"

// A browser on a busy machine: each wait inside has a shorter deadline of its own.
vi.setConfig({ testTimeout: 60_000 })

const opened = (n: number) =>
  Effect.gen(function* () {
    const server = yield* startMock
    const page = yield* openPage()
    yield* step(() => page.goto(new URL(`/conversations/${mockId(n)}`, server.url).href))
    yield* step(() => page.getByRole("slider", { name: "Position" }).waitFor())
    return { server, page }
  })

const sound = (page: Page) =>
  step(() =>
    page.evaluate(() => {
      const audio = document.querySelector("audio")
      return {
        paused: audio?.paused ?? true,
        seconds: audio?.currentTime ?? Number.NaN,
        duration: audio?.duration ?? Number.NaN,
        source: audio?.currentSrc ?? "",
      }
    }),
  )
type Sound = Effect.Effect.Success<ReturnType<typeof sound>>

const soundIs = (page: Page, what: string, until: (sound: Sound) => boolean) =>
  sound(page).pipe(
    Effect.filterOrFail(until),
    Effect.retry(Schedule.spaced("40 millis").pipe(Schedule.upTo("8 seconds"))),
    Effect.mapError(() => new Error(`the sound is not ${what}`)),
    Effect.orDie,
  )

const current = (page: Page) => page.locator('.spoken[aria-current="true"]')

layer(ChromiumBrowser.layer("allowed"), { excludeTestServices: true })("the player", (it) => {
  it.scoped("plays and pauses, and marks the line that is heard", () =>
    Effect.gen(function* () {
      const { page } = yield* opened(0)
      yield* step(() => page.getByText("0:00 / 1:20").waitFor())
      expect(yield* step(() => current(page).count())).toBe(0)
      yield* step(() => page.getByRole("button", { name: "Play the recording" }).click())
      yield* soundIs(page, "playing", ({ paused, seconds }) => !paused && seconds > 0.2)
      expect((yield* sound(page)).duration).toBeCloseTo(80, 0)
      yield* step(() => page.getByRole("button", { name: "Pause the recording" }).click())
      yield* soundIs(page, "paused", ({ paused }) => paused)
    }),
  )

  it.scoped("plays from a line that is clicked, and follows to the next", () =>
    Effect.gen(function* () {
      const { page } = yield* opened(0)
      yield* step(() => page.getByText("On Saturday it stays dry").click())
      const { seconds } = yield* soundIs(page, "in the answer", ({ paused, seconds }) => !paused && seconds > 18)
      expect(seconds).toBeLessThan(24)
      yield* step(() => current(page).getByText("On Saturday it stays dry").waitFor())
      expect(yield* step(() => current(page).count())).toBe(1)
      // The next line begins half a minute into the recording.
      const position = page.getByRole("slider", { name: "Position" })
      yield* step(() => position.fill("34"))
      yield* step(() => current(page).getByText("Only Saturday, please").waitFor())
    }),
  )

  it.scoped("is moved by keys alone", () =>
    Effect.gen(function* () {
      const { page } = yield* opened(0)
      const position = page.getByRole("slider", { name: "Position" })
      yield* step(() => position.focus())
      for (let count = 0; count < 3; count++) yield* step(() => page.keyboard.press("ArrowRight"))
      yield* soundIs(page, "three seconds on", ({ paused, seconds }) => paused && Math.abs(seconds - 3) < 0.1)
      expect(yield* step(() => position.getAttribute("aria-valuetext"))).toBe("3 seconds of 1 minute 20 seconds")
      const from = page.getByRole("button", { name: /^Play from/ }).nth(2)
      yield* step(() => from.focus())
      yield* step(() => page.keyboard.press("Enter"))
      yield* soundIs(page, "at the third line", ({ paused, seconds }) => !paused && seconds > 25)
    }),
  )

  it.scoped("goes on in the next recording where one ends", () =>
    Effect.gen(function* () {
      const { page } = yield* opened(1)
      yield* step(() => page.getByText("0:00 / 1:10").waitFor())
      const { source } = yield* soundIs(page, "loaded", ({ duration }) => duration > 0)
      yield* step(() => page.getByRole("slider", { name: "Position" }).fill("29"))
      yield* soundIs(page, "near the end", ({ seconds }) => seconds > 28)
      yield* step(() => page.getByRole("button", { name: "Play the recording" }).click())
      yield* soundIs(page, "the next recording", (now) => now.source !== source && !now.paused && now.seconds > 0.2)
      yield* step(() => page.getByText(/^0:3\d \/ 1:10$/).waitFor())
      yield* step(() => page.getByRole("slider", { name: "Position" }).fill("10"))
      yield* soundIs(page, "the first again", (now) => now.source === source && now.seconds >= 10 && !now.paused)
    }),
  )

  it.scoped("says when the sound cannot be had, and tries again", () =>
    Effect.gen(function* () {
      const server = yield* startMock
      yield* server.tell("history", { silent: true })
      const page = yield* openPage()
      yield* step(() => page.goto(new URL(`/conversations/${mockId(0)}`, server.url).href))
      yield* step(() => page.getByRole("alert").getByText("The recording cannot be played now.").waitFor())
      yield* server.tell("history", { silent: false })
      yield* step(() => page.getByRole("button", { name: "Try again" }).click())
      yield* soundIs(page, "playing", ({ paused, seconds }) => !paused && seconds > 0.1)
    }),
  )

  it.scoped("is not there without a recording", () =>
    Effect.gen(function* () {
      const server = yield* startMock
      const page = yield* openPage()
      yield* step(() => page.goto(new URL(`/conversations/${mockId(2)}`, server.url).href))
      yield* step(() => page.locator("s").waitFor())
      expect(yield* step(() => page.getByRole("slider").count())).toBe(0)
      expect(yield* step(() => page.locator(".spoken").count())).toBe(0)
    }),
  )
})
