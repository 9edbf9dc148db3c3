import { expect, layer, vi } from "@effect/vitest"
import { Effect } from "effect"
import * as ChromiumBrowser from "../support/ChromiumBrowser.ts"
import { openPage, step } from "../support/ChromiumBrowser.ts"
import { mockId } from "../support/MockHistory.ts"
import { startMock } from "../support/MockServer.ts"

// A browser on a busy machine: each wait inside has a shorter deadline of its own.
vi.setConfig({ testTimeout: 60_000 })

const first = "What is the weather like on the coast this weekend?"

const history = (path: string) =>
  Effect.gen(function* () {
    const server = yield* startMock
    const page = yield* openPage()
    yield* step(() => page.goto(new URL(path, server.url).href))
    return { server, page, items: page.locator(".conversation-item") }
  })

layer(ChromiumBrowser.layer("allowed"), { excludeTestServices: true })("history", (it) => {
  it.scoped("lists conversations a page at a time", () =>
    Effect.gen(function* () {
      const { page, items } = yield* history("/conversations/")
      yield* step(() => items.nth(3).waitFor())
      expect(yield* step(() => items.count())).toBe(4)
      yield* step(() => page.getByRole("button", { name: "Load more" }).click())
      yield* step(() => items.nth(7).waitFor())
      yield* step(() => page.getByRole("button", { name: "Load more" }).click())
      yield* step(() => items.nth(8).waitFor())
      expect(yield* step(() => page.getByRole("button", { name: "Load more" }).count())).toBe(0)
    }),
  )

  it.scoped(
    "opens one by its link, with the interrupted part and the figures, and comes back by the browser's button",
    () =>
      Effect.gen(function* () {
        const { server, page, items } = yield* history("/")
        yield* step(() => page.getByRole("link", { name: "History" }).click())
        yield* step(() => items.first().click())
        yield* step(() => page.locator("s").waitFor())
        expect(page.url()).toBe(new URL(`/conversations/${mockId(0)}`, server.url).href)
        expect(yield* step(() => page.locator(".turn-bar").count())).toBe(3)
        yield* step(() => page.goBack())
        yield* step(() => page.getByText("Choose a conversation to read it.").waitFor())
        yield* step(() => page.goBack())
        yield* step(() => page.getByRole("button", { name: "Start", exact: true }).waitFor())
      }),
  )

  it.scoped("deletes one after asking, by keyboard", () =>
    Effect.gen(function* () {
      const { page, items } = yield* history(`/conversations/${mockId(0)}`)
      yield* step(() => page.getByRole("button", { name: "Delete" }).focus())
      yield* step(() => page.keyboard.press("Enter"))
      yield* step(() => page.getByRole("alertdialog").waitFor())
      yield* step(() => page.keyboard.press("Escape"))
      yield* step(() => page.getByRole("alertdialog").waitFor({ state: "detached" }))
      expect(yield* step(() => items.filter({ hasText: first }).count())).toBe(1)
      yield* step(() => page.getByRole("button", { name: "Delete" }).click())
      yield* step(() => page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click())
      yield* step(() => page.getByText("The conversation was deleted.").waitFor())
      expect(yield* step(() => items.filter({ hasText: first }).count())).toBe(0)
      yield* step(() => page.goBack())
      yield* step(() => page.getByText("This conversation is not here").waitFor())
    }),
  )

  it.scoped("says what is the matter when the server is gone or a path is no page", () =>
    Effect.gen(function* () {
      const { server, page } = yield* history("/conversations/")
      yield* step(() => page.getByRole("button", { name: "Load more" }).waitFor())
      yield* server.kill
      yield* step(() => page.getByRole("button", { name: "Load more" }).click())
      yield* step(() => page.getByRole("alert").getByText("The server does not answer.").waitFor())
      const other = yield* history("/conversations/nothing")
      yield* step(() => other.page.getByText("There is nothing here").waitFor())
    }),
  )
})
