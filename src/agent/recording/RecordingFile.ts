import { Clock, Effect, type Scope } from "effect"
import { ObjectStore, ObjectStoreError } from "../../domain/store/ObjectStore.ts"
import * as FlacEncoder from "./flac/FlacEncoder.ts"
import { blockSamples, recordingSampleRate, type RecordingPolicy, samplesPerMilli } from "./RecordingPolicy.ts"
import type { Block, Tape } from "./Tape.ts"

export const recordingContentType = "audio/flac"

export interface RecordingFile {
  /** Encodes what has become final, and writes it once there is enough. */
  readonly take: (tape: Tape) => Effect.Effect<void, ObjectStoreError>
  /** Encodes what is left and makes the object be there. Undefined: it would be empty, and is not there. */
  readonly finish: (
    tape: Tape,
  ) => Effect.Effect<{ readonly sizeBytes: number; readonly durationMillis: number } | undefined, ObjectStoreError>
}

const tooSlow = (operation: string) => () => new ObjectStoreError({ operation, detail: "took too long" })

/** A recording on its way into the object store, in a stream. Nothing is left of it unless `finish` succeeds. */
export const make = Effect.fn("RecordingFile.make")(function* (
  key: string,
  policy: RecordingPolicy,
): Effect.fn.Return<RecordingFile, ObjectStoreError, ObjectStore | Scope.Scope> {
  const store = yield* ObjectStore
  const inTime = (operation: string) =>
    Effect.timeoutFail({ duration: policy.storeWithin, onTimeout: tooSlow(operation) })
  const writer = yield* store.create("recordings", key, recordingContentType).pipe(inTime("create"))
  const encoder = FlacEncoder.make({ sampleRate: recordingSampleRate, blockSamples })
  let frames: Array<Uint8Array> = [encoder.head()]
  let bytes = 0

  const write = Effect.suspend(() => {
    const waiting = Buffer.concat(frames)
    frames = []
    bytes = 0
    return writer.write(waiting).pipe(inTime("write"))
  })

  const encodeAll = (next: (now: number) => Block | undefined) =>
    Effect.gen(function* () {
      // Read once: time that goes by meanwhile would add blocks after the last one.
      const now = yield* Clock.currentTimeMillis
      for (let block = next(now); block !== undefined; block = next(now)) {
        const frame = encoder.encode(block.left, block.right)
        frames.push(frame)
        bytes += frame.length
        if (bytes >= policy.writeBytes) yield* write
        // Catching up with many blocks must not keep the process from those who talk.
        yield* Effect.yieldNow()
      }
    })

  return {
    take: (tape) => encodeAll(tape.next),
    finish: Effect.fnUntraced(function* (tape) {
      yield* encodeAll(tape.rest)
      if (encoder.samples() === 0) return undefined
      yield* write
      const { sizeBytes } = yield* writer.commit(encoder.head()).pipe(inTime("commit"))
      return { sizeBytes, durationMillis: Math.round(encoder.samples() / samplesPerMilli) }
    }),
  }
})
