import { Clock, Effect, Option, Schema } from "effect"
import { ConversationId } from "../../domain/conversation/Conversation.ts"
import { type ConversationState, isActive } from "../conversation/ConversationState.ts"
import type { Store } from "../conversation/Store.ts"

/** How long a conversation waits for a page that was loaded again, at the least, in milliseconds. */
export const returnWithinMillis = 30_000

/** The conversation that this window was in, so that loading the page again goes on with it. */
const Remembered = Schema.Struct({
  conversationId: ConversationId,
  over: Schema.Literal("livekit", "websocket"),
  /** Without a microphone. */
  typing: Schema.Boolean,
  muted: Schema.Boolean,
  /** When the page was left, in epoch milliseconds. Missing after a crash, and in a copy of a window that still talks. */
  leftAt: Schema.optional(Schema.Number),
})
export type Remembered = typeof Remembered.Type

const key = "parley.conversation"
const decode = Schema.decodeOption(Schema.parseJson(Remembered))
const encode = Schema.encodeSync(Schema.parseJson(Remembered))

// Storage may be forbidden to the page: then loading it again starts anew.
const write = (remembered: Remembered | undefined) =>
  Effect.ignore(
    Effect.try(() =>
      remembered === undefined
        ? window.sessionStorage.removeItem(key)
        : window.sessionStorage.setItem(key, encode(remembered)),
    ),
  )

const stored = Effect.try(() => Option.fromNullable(window.sessionStorage.getItem(key))).pipe(
  Effect.map(Option.flatMap(decode)),
  Effect.orElseSucceed(Option.none<Remembered>),
)

/** What can be gone on with. None: nothing, or it has waited too long. */
export const recall: Effect.Effect<Option.Option<Remembered>> = Effect.gen(function* () {
  const now = yield* Clock.currentTimeMillis
  return Option.filter(yield* stored, ({ leftAt }) => leftAt === undefined || now - leftAt < returnWithinMillis)
})

const rememberedOf = (state: ConversationState, leftAt: number | undefined): Remembered | undefined => {
  const waits = isActive(state) || state.phase._tag === "Paused"
  if (!waits || state.conversationId === undefined) return undefined
  return {
    conversationId: state.conversationId,
    over: state.over,
    typing: state.microphone._tag === "Off",
    muted: state.muted,
    ...(leftAt === undefined ? {} : { leftAt }),
  }
}

/** Keeps what is remembered as the conversation is, as long as the page lives. */
export const remember = (store: Pick<Store<ConversationState, unknown>, "get" | "subscribe">): void => {
  const keep = (leftAt?: number) => Effect.runSync(write(rememberedOf(store.get(), leftAt)))
  store.subscribe(() => keep())
  window.addEventListener("pagehide", () => keep(Effect.runSync(Clock.currentTimeMillis)))
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) keep()
  })
}
