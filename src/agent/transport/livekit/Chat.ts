import type { TextStreamReader } from "@livekit/rtc-node"
import { Data, Effect, FiberSet, type Scope } from "effect"
import { chatTopic, messageIdAttribute } from "../../../domain/media/LiveKitProtocol.ts"
import { textLengthMax } from "../../../domain/media/VoiceProtocol.ts"
import { TransportInput } from "../../../domain/media/VoiceTransport.ts"
import { isPerson } from "./Participants.ts"
import { offer, type RoomLine } from "./RoomLine.ts"
import * as TextMessageId from "./TextMessageId.ts"

class TextNotTaken extends Data.TaggedError("TextNotTaken")<{ readonly message: string }> {}

/** Texts of one room that are being received at the same time. More are not read. */
const readingMax = 16

const readAll = (reader: TextStreamReader) =>
  Effect.tryPromise({
    try: () => reader.readAll(),
    catch: (cause) => new TextNotTaken({ message: `not received: ${cause}` }),
  })

const take = Effect.fnUntraced(function* (line: RoomLine, reader: TextStreamReader, identity: string) {
  const participant = line.room.remoteParticipants.get(identity)
  // Who has just come may write before the assistant is told of them.
  if (participant !== undefined && !isPerson(participant)) return
  const text = (yield* Effect.timeoutFail(readAll(reader), {
    duration: line.policy.sendWithin,
    onTimeout: () => new TextNotTaken({ message: "not received in time" }),
  })).trim()
  if (text === "") return
  if (text.length > textLengthMax) {
    return yield* new TextNotTaken({ message: `longer than ${textLengthMax} characters` })
  }
  const { attributes, streamId } = reader.info
  const messageId = TextMessageId.of(attributes?.[messageIdAttribute] ?? streamId)
  if (!offer(line, TransportInput.Text({ messageId, text }))) {
    return yield* new TextNotTaken({ message: "more is typed than the assistant takes in" })
  }
})

/** What is typed in a room, from now until the scope closes. */
export const listen = Effect.fnUntraced(function* (line: RoomLine): Effect.fn.Return<void, never, Scope.Scope> {
  const run = yield* FiberSet.makeRuntime<never>()
  let reading = 0
  const receive = (reader: TextStreamReader, identity: string) =>
    Effect.suspend(() => {
      reading += 1
      return reading > readingMax ? new TextNotTaken({ message: "too many at once" }) : take(line, reader, identity)
    }).pipe(
      Effect.catchTag("TextNotTaken", ({ message }) =>
        Effect.logWarning(`a typed text was not taken: ${message}`).pipe(Effect.annotateLogs({ identity })),
      ),
      Effect.ensuring(Effect.promise(() => reader.close())),
      Effect.ensuring(Effect.sync(() => (reading -= 1))),
    )
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      line.room.registerTextStreamHandler(chatTopic, (reader, { identity }) => void run(receive(reader, identity))),
    ),
    () => Effect.sync(() => line.room.unregisterTextStreamHandler(chatTopic)),
  )
})
