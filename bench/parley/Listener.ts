import { Clock, Effect, Mailbox } from "effect"
import type { ConversationEvent } from "../../src/domain/media/ConversationEvent.ts"
import { type Transport, TransportInput } from "../../src/domain/media/VoiceTransport.ts"
import { durationMillis } from "../../src/domain/speech/PcmFrame.ts"
import { aheadMillisMax, inputRate, voiceRate } from "../load/Script.ts"
import type { VoiceObserver } from "../load/VoiceObserver.ts"

/** Two seconds of audio that the conversation has not taken yet. */
const inputsWaitingMax = 100

export interface ListenerOptions extends VoiceObserver {
  readonly told?: (event: ConversationEvent) => void
}

/** A person's end of a conversation that keeps nothing and listens in real time. */
export const make = ({ handed, sounds, told = () => {} }: ListenerOptions) =>
  Effect.gen(function* () {
    const inputs = yield* Mailbox.make<TransportInput>({ capacity: inputsWaitingMax, strategy: "sliding" })
    let written = 0
    /** When all that was written will have been heard. */
    let endMillis = 0

    const heardAt = (now: number) => written - Math.round((Math.max(0, endMillis - now) * voiceRate) / 1_000)
    const untilAhead = (aheadMillis: number) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const wait = endMillis - aheadMillis - now
        return wait > 0 ? Effect.sleep(wait) : Effect.void
      })

    const transport: Transport = {
      inputs: Mailbox.toStream(inputs),
      outputSampleRate: voiceRate,
      write: (frame) =>
        Effect.gen(function* () {
          handed()
          yield* untilAhead(aheadMillisMax - durationMillis(frame))
          const startMillis = Math.max(yield* Clock.currentTimeMillis, endMillis)
          endMillis = startMillis + durationMillis(frame)
          written += frame.samples.length
          sounds(frame.samples, startMillis)
        }),
      drained: untilAhead(0),
      stop: Effect.map(Clock.currentTimeMillis, (now) => {
        written = heardAt(now)
        endMillis = Math.min(endMillis, now)
        return written
      }),
      heardSamples: Effect.map(Clock.currentTimeMillis, heardAt),
      send: (event) => Effect.sync(() => told(event)),
    }
    inputs.unsafeOffer(TransportInput.Connected({ identity: "ada", name: "Ada" }))
    return {
      transport,
      hear: (samples: Int16Array) =>
        void inputs.unsafeOffer(TransportInput.Audio({ frame: { samples, sampleRate: inputRate } })),
      leave: inputs.end,
    }
  })
