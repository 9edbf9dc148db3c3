import { Effect, Layer } from "effect"
import { installed } from "../../../src/agent/transport/livekit/ffi/KeyedFfiClient.ts"
import { AssistantRoom } from "../../../src/domain/media/AssistantRoom.ts"
import * as Marks from "./Marks.ts"

/** A voice that was silent for so long begins an answer. */
const gapMillis = 300

/**
 * Notes the first frame of each answer when it is handed to WebRTC. The source of a room is told by its being the last one
 * that was made when the room was joined: rooms are joined one after another where this is looked at.
 */
export const layer = Layer.effect(
  AssistantRoom,
  Effect.gen(function* () {
    const rooms = yield* AssistantRoom
    const note = yield* Marks.note
    const client = installed()
    const roomOf = new Map<bigint, string>()
    const capturedAt = new Map<bigint, number>()
    let newest: bigint | undefined

    const request = client.request.bind(client)
    client.request = (message) => {
      const { case: kind, value } = message.message ?? {}
      if (kind === "captureAudioFrame") {
        const source = value?.sourceHandle ?? 0n
        const now = performance.now()
        const room = roomOf.get(source)
        if (room !== undefined && now - (capturedAt.get(source) ?? 0) > gapMillis) note("frame", room)
        capturedAt.set(source, now)
      }
      const answer = request<unknown>(message)
      if (kind === "newAudioSource") newest = handleOf(answer)
      return answer as never
    }

    return AssistantRoom.of({
      join: (asked) =>
        Effect.tap(rooms.join(asked), () =>
          Effect.sync(() => {
            if (newest !== undefined) roomOf.set(newest, asked.grant.room)
          }),
        ),
    })
  }),
)

const handleOf = (answer: unknown): bigint | undefined =>
  (answer as { readonly source?: { readonly handle?: { readonly id?: bigint } } }).source?.handle?.id
