import { Effect } from "effect"

const opener = (url: string): ReadonlyArray<string> => {
  if (process.platform === "darwin") return ["open", url]
  if (process.platform === "win32") return ["cmd", "/c", "start", "", url]
  return ["xdg-open", url]
}

/** Shows a page in the person's browser, which stays when we end. Without a browser it is only logged. */
export const open = (url: string): Effect.Effect<void> =>
  Effect.try(() =>
    Bun.spawn([...opener(url)], { stdin: "ignore", stdout: "ignore", stderr: "ignore", detached: true }).unref(),
  ).pipe(Effect.catchAll(() => Effect.logWarning("there is no browser to open the page with; use the link")))
