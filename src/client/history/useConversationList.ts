import { Effect, Option } from "effect"
import { useCallback, useEffect, useState } from "react"
import type { ConversationId, ConversationSummary } from "../../domain/conversation/Conversation.ts"
import { ask } from "../api/ask.ts"
import { useParley } from "../Parley.tsx"

const pageSize = 30

export interface ConversationList {
  readonly items: ReadonlyArray<ConversationSummary>
  /** `more`: there are older ones. */
  readonly status: "loading" | "more" | "end" | "failed"
  readonly loadMore: () => void
  readonly without: (id: ConversationId) => void
}

type Page = Pick<ConversationList, "items" | "status"> & { readonly cursor: Option.Option<string> }

const empty: Page = { items: [], status: "loading", cursor: Option.none() }

/** The person's conversations, newest first, a page at a time. */
export const useConversationList = (): ConversationList => {
  const { runtime } = useParley()
  const [page, setPage] = useState(empty)
  const load = useCallback(
    (cursor: Option.Option<string>) => {
      return runtime.runCallback(
        ask((client) => client.conversations.list({ urlParams: { limit: pageSize, cursor } })).pipe(
          Effect.match({
            onFailure: () => setPage((before) => ({ ...before, status: "failed" })),
            onSuccess: ({ items, next }) =>
              setPage((before) => ({
                items: Option.isNone(cursor) ? items : [...before.items, ...items],
                status: next === null ? "end" : "more",
                cursor: Option.fromNullable(next),
              })),
          }),
        ),
      )
    },
    [runtime],
  )
  useEffect(() => load(Option.none()), [load])
  return {
    items: page.items,
    status: page.status,
    loadMore: () => {
      setPage((before) => ({ ...before, status: "loading" }))
      load(page.cursor)
    },
    without: (id) => setPage((before) => ({ ...before, items: before.items.filter((item) => item.id !== id) })),
  }
}
