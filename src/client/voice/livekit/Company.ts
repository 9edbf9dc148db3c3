import { Deferred, Effect, FiberHandle, type Scope } from "effect"
import type { Room } from "livekit-client"
import type { ParleyClient } from "../../api/ParleyClient.ts"
import type { ConversationAction } from "../../conversation/ConversationAction.ts"
import type { Waiting } from "../../conversation/ConversationState.ts"
import type { Trouble } from "../../conversation/Trouble.ts"
import { assistantOf } from "./Assistant.ts"
import { attend } from "./attend.ts"
import type { RoomLink } from "./RoomLink.ts"
import type { RoomVoice } from "./RoomVoice.ts"

/** What is known of the conversation, over all stays in its room. */
export interface Bond {
  /** How long a lost connection is waited for, in milliseconds; the assistant's word replaces it. */
  returnWithin: number
  /** Why there is no assistant, when there is none. */
  after: Waiting["after"]
}

export interface CompanyOptions {
  readonly room: Room
  readonly link: RoomLink
  readonly voice: RoomVoice
  readonly dispatch: (action: ConversationAction) => void
  /** Tells where the conversation stands while nobody holds it; fails when nobody will. */
  readonly waiting: Effect.Effect<never, Trouble, ParleyClient>
  readonly bond: Bond
}

export interface Company {
  /** Sees who is there now. */
  readonly look: Effect.Effect<void, never, ParleyClient>
  /** With nobody, until the next look. */
  readonly leave: Effect.Effect<void>
}

/** Goes along with whichever assistant is in the room, or waits for one. */
export const makeCompany = (
  options: CompanyOptions,
  failed: Deferred.Deferred<never, Trouble>,
): Effect.Effect<Company, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { bond, dispatch, link, room, voice, waiting } = options
    const company = yield* FiberHandle.make<never, never>()
    /** The stay of the assistant that is gone along with; empty: nobody, and one is waited for. */
    let current: string | undefined
    const keep = (effect: Effect.Effect<never, Trouble, ParleyClient>): Effect.Effect<void, never, ParleyClient> =>
      Effect.catchAll(effect, (trouble) => Effect.zipRight(Deferred.fail(failed, trouble), Effect.never)).pipe(
        FiberHandle.run(company),
        Effect.asVoid,
      )
    const alone = Effect.suspend(() => {
      dispatch({ _tag: "NoAssistant", after: bond.after })
      return waiting
    })
    const waits = (millis: number) => {
      bond.returnWithin = millis
      bond.after = "lost"
    }
    return {
      leave: Effect.suspend(() => {
        current = undefined
        link.detach()
        return FiberHandle.clear(company)
      }),
      look: Effect.suspend(() => {
        const found = assistantOf(room)
        voice.follow(found)
        const next = found?.sid ?? ""
        if (next === current) return Effect.void
        current = next
        link.detach()
        if (found !== undefined) {
          return keep(attend({ room, assistant: found.identity, link, dispatch, waits, alone }))
        }
        return keep(alone)
      }),
    }
  })
