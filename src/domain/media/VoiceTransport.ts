import { Context, Data, type Effect, Schema, type Stream } from "effect"
import type { PcmFrame } from "../speech/PcmFrame.ts"
import type { ConversationEvent } from "./ConversationEvent.ts"
import type { MessageId } from "../conversation/Message.ts"

/** The person is gone for good: no more audio can be heard or played. */
export class TransportClosed extends Schema.TaggedError<TransportClosed>()("TransportClosed", {}) {}

/** What a person's side does. Audio is 16 kHz mono, in frames of at most 60 ms. */
export type TransportInput = Data.TaggedEnum<{
  Audio: { readonly frame: PcmFrame }
  /** Whose voice the audio is from here on. Only where several people may talk. */
  Speaker: { readonly identity: string; readonly name: string }
  /** Typed instead of said. The id is the client's, so that a repeated sending is one message. */
  Text: { readonly messageId: MessageId; readonly text: string }
  /** A person asked the assistant to stop speaking, by key or button. */
  Interrupt: {}
  /** The person's side came (back). The first one opens the conversation. */
  Connected: { readonly identity: string; readonly name: string }
  /** Lost for now; within the transport's grace `Connected` may follow. */
  Disconnected: {}
}>
export const TransportInput = Data.taggedEnum<TransportInput>()

/**
 * One person's end of one conversation. The transport owns pacing: it sends no faster than the person hears and buffers at
 * most 200 ms ahead of what was heard.
 */
export interface Transport {
  /** Ends when the person has left. Consumed once. Bounded: a slow reader loses the oldest audio, never text. */
  readonly inputs: Stream.Stream<TransportInput>
  /** Frames given to `write` should have this rate; 10 to 100 ms each. */
  readonly outputSampleRate: number
  /**
   * Takes a frame of the voice; waits while the transport's buffer is full or the person's side is away. One fiber writes at
   * a time. A write that waits is not dropped by `stop`: interrupt it before.
   */
  readonly write: (frame: PcmFrame) => Effect.Effect<void, TransportClosed>
  /** Waits until all that was written was heard or dropped. */
  readonly drained: Effect.Effect<void, TransportClosed>
  /** Drops what was written and not yet heard, at once. Answers `heardSamples` as it is then. */
  readonly stop: Effect.Effect<number>
  /** Samples of the voice that were heard since the beginning. Grows by what was written, less what was dropped. Exact to 20 ms. */
  readonly heardSamples: Effect.Effect<number>
  /** Tells the person's page. Never waits: a page that does not keep up loses the oldest events, which newer ones replace. */
  readonly send: (event: ConversationEvent) => Effect.Effect<void>
}

export class VoiceTransport extends Context.Tag("parley/domain/media/VoiceTransport")<VoiceTransport, Transport>() {}
