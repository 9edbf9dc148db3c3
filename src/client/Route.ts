import { Option, Schema } from "effect"
import { useSyncExternalStore } from "react"
import { ConversationId } from "../domain/conversation/Conversation.ts"

export type Route =
  | { readonly _tag: "Talk" }
  | { readonly _tag: "Conversations"; readonly id: ConversationId | undefined }
  | { readonly _tag: "Unknown" }

const decodeId = Schema.decodeUnknownOption(ConversationId)

/** Which page a path is. */
export const routeOf = (path: string): Route => {
  if (path === "/") return { _tag: "Talk" }
  const [, first, second, ...rest] = path.split("/")
  if (first !== "conversations" || rest.length > 0) return { _tag: "Unknown" }
  if (second === undefined || second === "") return { _tag: "Conversations", id: undefined }
  return Option.match(decodeId(second), {
    onNone: () => ({ _tag: "Unknown" }),
    onSome: (id) => ({ _tag: "Conversations", id }),
  })
}

export const pathOf = (route: Exclude<Route, { readonly _tag: "Unknown" }>): string =>
  route._tag === "Talk" ? "/" : `/conversations/${route.id ?? ""}`

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener("popstate", listener)
  return () => window.removeEventListener("popstate", listener)
}

/** Goes to a page of the app; the browser's back button comes back. */
export const navigate = (path: string): void => {
  if (path === window.location.pathname) return
  window.history.pushState(null, "", path)
  window.dispatchEvent(new PopStateEvent("popstate"))
}

export const usePath = (): string => useSyncExternalStore(subscribe, () => window.location.pathname)
