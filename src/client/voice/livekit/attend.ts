import { Effect } from "effect"
import type { Room } from "livekit-client"
import type { ParleyClient } from "../../api/ParleyClient.ts"
import type { ConversationAction } from "../../conversation/ConversationAction.ts"
import type { Trouble } from "../../conversation/Trouble.ts"
import { hello, settings } from "./Assistant.ts"
import type { RoomLink } from "./RoomLink.ts"
import { roomPolicy } from "./RoomPolicy.ts"

interface Options {
  readonly room: Room
  readonly assistant: string
  readonly link: RoomLink
  readonly dispatch: (action: ConversationAction) => void
  /** It has said how long it waits for a lost connection, in milliseconds. */
  readonly waits: (millis: number) => void
  /** Tells that nobody holds the conversation, and where it stands until somebody does. */
  readonly alone: Effect.Effect<never, Trouble, ParleyClient>
}

/** Returns when the assistant is not heard of any more. A broken-down one stays in the room for up to 20 seconds. */
const watch = ({ assistant, dispatch, link, room }: Options) =>
  Effect.gen(function* () {
    let missed = 0
    let told: boolean | undefined
    while (missed < roomPolicy.pulsesMissedMax) {
      const pulse = yield* Effect.either(settings(room, assistant))
      const isThere = pulse._tag === "Right" || pulse.left.refused
      missed = isThere ? 0 : missed + 1
      if (pulse._tag === "Right" && pulse.right.recorded !== told) {
        told = pulse.right.recorded
        dispatch({ _tag: "RecordedChanged", recorded: told })
      }
      if (isThere) {
        link.again()
        yield* Effect.sleep(roomPolicy.pulseEvery)
      }
    }
  })

/** Goes along with one assistant for as long as it is in the room. One that does not answer is no company: another may be on its way. */
export const attend = (options: Options): Effect.Effect<never, Trouble, ParleyClient> =>
  Effect.gen(function* () {
    const { assistant, dispatch, link, room } = options
    const greet = Effect.orElse(hello(room, assistant), () => Effect.never)
    const slowly = Effect.zipRight(Effect.sleep(roomPolicy.answerWithin), options.alone)
    let answer = yield* Effect.raceFirst(greet, slowly)
    for (;;) {
      options.waits(answer.resumeWithinMillis)
      dispatch({ _tag: "Joined", assistant: answer.state, languageModel: answer.languageModel })
      link.attach({ room, assistant })
      yield* watch(options)
      link.detach()
      answer = yield* Effect.raceFirst(greet, options.alone)
    }
  })
