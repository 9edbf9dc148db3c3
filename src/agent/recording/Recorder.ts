import { Clock, DateTime, Duration, Effect, Fiber, Option, type Scope } from "effect"
import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import type { Transport } from "../../domain/media/VoiceTransport.ts"
import { Recording, RecordingId } from "../../domain/recording/Recording.ts"
import { RecordingRepository } from "../../domain/recording/RecordingRepository.ts"
import { ObjectStore, ObjectStoreError } from "../../domain/store/ObjectStore.ts"
import { uuidV7 } from "../../domain/Uuid.ts"
import { within } from "../../domain/Within.ts"
import * as RecordedTransport from "./RecordedTransport.ts"
import * as RecordingFile from "./RecordingFile.ts"
import { defaultPolicy, type RecordingPolicy } from "./RecordingPolicy.ts"
import * as Tape from "./Tape.ts"

export interface RecordRequest {
  /** Everybody who is heard over it has agreed to be recorded. */
  readonly transport: Transport
  readonly conversationId: ConversationId
  /** Of the lease: each worker that holds the conversation makes a recording of its own. */
  readonly fence: number
  readonly policy?: RecordingPolicy
}

type Stores = ObjectStore | RecordingRepository

/** Makes the recording be found. An object that nothing refers to would outlive its conversation, so it goes at once. */
const store = Effect.fnUntraced(function* (recording: Recording) {
  const recordings = yield* RecordingRepository
  const objects = yield* ObjectStore
  yield* recordings.insert(recording).pipe(Effect.tapError(() => objects.remove("recordings", recording.key)))
})

interface Running extends Omit<Required<RecordRequest>, "transport"> {
  readonly startMillis: number
  readonly holder: RecordedTransport.TapeHolder
  readonly tape: Tape.Tape
  /** Tells the tape what was heard. */
  readonly look: Effect.Effect<unknown>
  readonly ended: Effect.Latch
}

/** Encodes and writes until `ended` opens or the recording is as long as it may be; then makes it be there. */
const run = Effect.fn("Recorder.run")(function* (running: Running) {
  const { conversationId, policy, tape } = running
  const key = `${conversationId}/${running.fence}.flac`
  const file = yield* RecordingFile.make(key, policy)
  const overMillis = running.startMillis + Duration.toMillis(policy.lengthMax) + policy.holdMillis
  for (;;) {
    const ended = yield* Effect.timeoutOption(running.ended.await, policy.tick)
    yield* running.look
    if (Option.isSome(ended) || (yield* Clock.currentTimeMillis) >= overMillis) break
    yield* file.take(tape)
    if (tape.heldMillis() > policy.heldMillisMax) {
      return yield* new ObjectStoreError({ operation: "write", detail: "does not keep up with the voice" })
    }
  }
  running.holder.tape = undefined
  const made = yield* file.finish(tape)
  if (made === undefined) return
  const id = RecordingId.make(yield* uuidV7)
  const startedAt = DateTime.unsafeMake(running.startMillis)
  const contentType = RecordingFile.recordingContentType
  yield* store(new Recording({ id, conversationId, key, contentType, startedAt, ...made }))
})

/**
 * The same transport, recorded from now until the scope closes: the person left, what was heard of the assistant right. It holds up
 * nothing: a recording that fails, or whose store does not keep up, is given up with a line in the log.
 */
export const record = Effect.fn("Recorder.record")(function* (
  request: RecordRequest,
): Effect.fn.Return<Transport, never, Scope.Scope | Stores> {
  const { conversationId, fence, policy = defaultPolicy } = request
  const clock = yield* Effect.clock
  const startMillis = clock.unsafeCurrentTimeMillis()
  const heardBefore = yield* request.transport.heardSamples
  const tape = Tape.make({ policy, startMillis, voiceSampleRate: request.transport.outputSampleRate, heardBefore })
  const holder: RecordedTransport.TapeHolder = { tape }
  const transport = RecordedTransport.make(request.transport, holder, clock)
  const ended = yield* Effect.makeLatch(false)
  const look = transport.heardSamples

  const recording = run({ conversationId, fence, policy, startMillis, holder, tape, look, ended }).pipe(
    Effect.scoped,
    Effect.catchAllCause((cause) => Effect.logWarning("the recording of a conversation was given up", cause)),
    Effect.ensuring(Effect.sync(() => (holder.tape = undefined))),
    Effect.annotateLogs({ conversationId }),
    Effect.interruptible,
    Effect.forkDaemon,
  )
  const finish = (fiber: Fiber.Fiber<void>) =>
    Effect.gen(function* () {
      yield* ended.open
      const done = yield* within(policy.finishWithin)(Fiber.await(fiber))
      if (Option.isSome(done)) return
      yield* Effect.logWarning("the recording of a conversation was not stored in time")
      yield* Fiber.interruptFork(fiber)
    })
  yield* Effect.acquireRelease(recording, finish)
  return transport
})
