import { Clock, Effect, Option, Random } from "effect"
import type { Room } from "livekit-client"
import type { ConversationId } from "../../../domain/conversation/Conversation.ts"
import type { Join } from "../../../http/api/TalkApi.ts"
import type { ParleyClient } from "../../api/ParleyClient.ts"
import type { ConversationAction } from "../../conversation/ConversationAction.ts"
import type { Trouble } from "../../conversation/Trouble.ts"
import { rejoin } from "../begin.ts"
import { WayClosed } from "../Line.ts"
import { online } from "../online.ts"
import { delayMillis } from "../ReconnectPolicy.ts"
import { awaitAssistant } from "./awaitAssistant.ts"
import type { Bond } from "./Company.ts"
import { joinRoom, makeRoom } from "./joinRoom.ts"
import type { RoomLink } from "./RoomLink.ts"
import type { RoomMicrophone } from "./RoomMicrophone.ts"
import { watchRoom } from "./RoomNews.ts"
import { roomPolicy } from "./RoomPolicy.ts"
import type { RoomVoice } from "./RoomVoice.ts"
import { type Stay, stayInRoom } from "./stayInRoom.ts"

export type LiveKitJoin = Extract<Join, { readonly _tag: "LiveKit" }>

export interface RoomTalkOptions {
  readonly conversationId: ConversationId
  readonly join: LiveKitJoin
  readonly link: RoomLink
  readonly microphone: RoomMicrophone
  readonly voice: RoomVoice
  readonly dispatch: (action: ConversationAction) => void
  /** The room that one is in, for what a gesture unlocks. */
  readonly entered: (room: Room | undefined) => void
}

type Outcome = Stay | { readonly _tag: "NotJoined"; readonly reason: "media" | "unreachable" | "refused" }

/** One stay in the room, from joining it to being out of it. */
const once = (options: RoomTalkOptions, bond: Bond, join: LiveKitJoin, joined: () => void) =>
  Effect.gen(function* () {
    const room = yield* makeRoom
    const news = yield* watchRoom(room)
    options.entered(room)
    yield* Effect.addFinalizer(() => Effect.sync(() => options.entered(undefined)))
    yield* joinRoom(room, join)
    joined()
    options.microphone.attach(room)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        options.microphone.detach()
        options.voice.follow(undefined)
      }),
    )
    return yield* stayInRoom({
      ...options,
      room,
      news,
      bond,
      waiting: awaitAssistant(options.conversationId, options.dispatch),
    })
  }).pipe(
    Effect.scoped,
    Effect.catchTag("NotJoined", ({ reason }) => Effect.succeed<Outcome>({ _tag: "NotJoined", reason })),
  )

/** What happened so far. Times in epoch milliseconds. */
interface Past {
  joined: boolean
  lostAt: number | undefined
  attempt: number
  mediaFailures: number
  refusals: number
}

/** Fails when this outcome is final. */
const judge = (
  outcome: Exclude<Outcome, { readonly _tag: "Over" }>,
  past: Past,
): Effect.Effect<void, Trouble | WayClosed> => {
  if (outcome.reason === "taken-over") return Effect.fail("taken-over")
  if (outcome.reason === "unreachable" && !past.joined) return new WayClosed({ reason: "unreachable" })
  if (outcome.reason === "media") {
    past.mediaFailures += 1
    if (!past.joined || past.mediaFailures >= roomPolicy.mediaFailuresMax) return new WayClosed({ reason: "blocked" })
  }
  past.refusals = outcome.reason === "refused" ? past.refusals + 1 : 0
  return past.refusals > 1 ? Effect.fail("refused") : Effect.void
}

/** Waits a little, as long as the conversation still waits for this person. */
const pause = ({ dispatch }: RoomTalkOptions, { returnWithin }: Bond, past: Past) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    past.lostAt ??= now
    past.attempt += 1
    const wait = delayMillis(past.attempt, yield* Random.next)
    const giveUpAt = past.lostAt + returnWithin
    if (now + wait > giveUpAt) return yield* Effect.fail<Trouble>("server-gone")
    if (past.joined) dispatch({ _tag: "Lost", attempt: past.attempt, nextTryAt: now + wait, giveUpAt })
    yield* Effect.race(Effect.sleep(wait), online)
  })

/** A token lets in once, and not for long: coming back takes a new one. */
const nextJoin = (options: RoomTalkOptions, bond: Bond, past: Past) =>
  Effect.gen(function* () {
    for (;;) {
      yield* pause(options, bond, past)
      const begun = yield* rejoin(options.conversationId).pipe(
        Effect.asSome,
        Effect.catchAll(({ reason }) =>
          reason === "not-found" ? Effect.fail<Trouble>("not-resumable") : Effect.succeedNone,
        ),
      )
      if (Option.isSome(begun) && begun.value.join._tag === "LiveKit") return begun.value.join
    }
  })

/** Comes back to the room as often as one is out of it, for as long as the conversation waits. */
export const roomTalk = (options: RoomTalkOptions): Effect.Effect<void, Trouble | WayClosed, ParleyClient> =>
  Effect.gen(function* () {
    const past: Past = { joined: false, lostAt: undefined, attempt: 0, mediaFailures: 0, refusals: 0 }
    const bond: Bond = { returnWithin: roomPolicy.returnWithin, after: "start" }
    let join = options.join
    for (;;) {
      const outcome: Outcome = yield* once(options, bond, join, () => {
        past.joined = true
        past.lostAt = undefined
        past.attempt = 0
      })
      if (outcome._tag === "Over") return
      if (outcome.reason === "closed") {
        const at = yield* Clock.currentTimeMillis
        return options.dispatch({ _tag: "Received", message: { _tag: "Ended", reason: "hook" }, at })
      }
      yield* judge(outcome, past)
      join = yield* nextJoin(options, bond, past)
    }
  })
