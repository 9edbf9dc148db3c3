import { expect, layer, vi } from "@effect/vitest"
import axe from "axe-core"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import * as ChromiumBrowser from "../support/ChromiumBrowser.ts"
import { openPage, step } from "../support/ChromiumBrowser.ts"
import { mockId } from "../support/MockHistory.ts"
import { mockScript } from "../support/MockScript.ts"
import { startMock } from "../support/MockServer.ts"

// A browser on a busy machine: each wait inside has a shorter deadline of its own.
vi.setConfig({ testTimeout: 60_000 })

const widths = [320, 390, 768, 1_280, 2_200]
const firstPaintWithinMillis = 1_000

/** A media server that is not there: the port is the discard service's. */
const nobody = { key: "key", secret: "secretsecretsecretsecretsecretsecret", url: "ws://127.0.0.1:9" }

/** Violations that keep somebody from using the page. */
const serious = (page: Page) =>
  step(async () => {
    await page.evaluate(axe.source)
    const found = await page.evaluate("axe.run()")
    return (found as axe.AxeResults).violations
      .filter((violation) => violation.impact === "serious" || violation.impact === "critical")
      .map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" ")}`)
  })

const noSideways = (page: Page) =>
  Effect.forEach(widths, (width) =>
    Effect.gen(function* () {
      yield* step(() => page.setViewportSize({ width, height: 800 }))
      const overflow = yield* step(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
      expect(overflow, `at ${width} px`).toBeLessThanOrEqual(0)
    }),
  )

layer(ChromiumBrowser.layer("allowed"), { excludeTestServices: true })("looks", (it) => {
  for (const colorScheme of ["light", "dark"] as const) {
    it.scoped(`the talk page and the settings are accessible and fit every width, ${colorScheme}`, () =>
      Effect.gen(function* () {
        const server = yield* startMock
        const page = yield* openPage({ colorScheme, reducedMotion: "reduce" })
        yield* step(() => page.goto(server.url))
        yield* step(() => page.getByRole("button", { name: "Start", exact: true }).waitFor())
        expect(yield* serious(page)).toEqual([])
        yield* step(() => page.getByRole("button", { name: "Start", exact: true }).click())
        yield* step(() => page.getByText("Listening", { exact: true }).waitFor())
        for (const message of mockScript) yield* server.tell("send", message)
        yield* step(() => page.locator(".turn-bar").nth(1).click())
        yield* step(() => page.getByText("interrupted", { exact: true }).waitFor())
        expect(yield* serious(page)).toEqual([])
        yield* noSideways(page)
        yield* step(() => page.getByRole("button", { name: "Settings" }).click())
        yield* step(() => page.getByRole("dialog").waitFor())
        expect(yield* serious(page)).toEqual([])
      }),
    )

    it.scoped(
      `the notice of a plain connection and the consent to be recorded are accessible and fit, ${colorScheme}`,
      () =>
        Effect.gen(function* () {
          const server = yield* startMock
          yield* server.tell("talk", { livekit: nobody })
          const page = yield* openPage({ colorScheme, reducedMotion: "reduce" })
          yield* step(() => page.goto(server.url))
          yield* step(() => page.getByRole("button", { name: "Start", exact: true }).click())
          yield* step(() => page.getByText("The call server does not answer").waitFor())
          yield* step(() => page.getByText("Listening", { exact: true }).waitFor())
          expect(yield* serious(page)).toEqual([])
          yield* noSideways(page)
          yield* step(() => page.getByRole("button", { name: "Settings" }).click())
          yield* step(() => page.getByRole("switch", { name: "Record my conversations" }).waitFor())
          expect(yield* serious(page)).toEqual([])
        }),
    )

    it.scoped(`the history is accessible and fits every width, ${colorScheme}`, () =>
      Effect.gen(function* () {
        const server = yield* startMock
        const page = yield* openPage({ colorScheme })
        yield* step(() => page.goto(new URL(`/conversations/${mockId(0)}`, server.url).href))
        yield* step(() => page.locator("s").waitFor())
        yield* step(() => page.getByRole("slider", { name: "Position" }).waitFor())
        yield* step(() =>
          page
            .getByRole("button", { name: /^Play from/ })
            .nth(1)
            .click(),
        )
        yield* step(() => page.locator('.spoken[aria-current="true"]').waitFor())
        expect(yield* serious(page)).toEqual([])
        yield* noSideways(page)
        yield* step(() => page.setViewportSize({ width: 390, height: 844 }))
        yield* step(() => page.getByRole("link", { name: "All conversations" }).click())
        yield* step(() => page.locator(".conversation-item").first().waitFor())
        expect(yield* serious(page)).toEqual([])
      }),
    )
  }

  it.scoped("paints within a second, and keeps the chosen theme", () =>
    Effect.gen(function* () {
      const server = yield* startMock
      const page = yield* openPage({ colorScheme: "light" })
      yield* step(() => page.goto(server.url))
      yield* step(() => page.getByRole("button", { name: "Settings" }).click())
      yield* step(() => page.getByRole("radio", { name: "Dark" }).click())
      yield* step(() => page.reload())
      yield* step(() => page.getByRole("button", { name: "Start", exact: true }).waitFor())
      expect(yield* step(() => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme))).toBe(
        "dark",
      )
      const paint = yield* step(() =>
        page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime),
      )
      expect(paint).toBeLessThan(firstPaintWithinMillis)
    }),
  )
})
