import { type Clock, Effect, Stream } from "effect"
import type { Transport } from "../../domain/media/VoiceTransport.ts"
import type { Tape } from "./Tape.ts"

/** Where a recording goes now. None: it ended, or was given up. */
export interface TapeHolder {
  tape: Tape | undefined
}

/** The same transport, with all that is heard over it going onto the tape, too. Nothing waits for the tape. */
export const make = (transport: Transport, holder: TapeHolder, clock: Clock.Clock): Transport => {
  const now = () => clock.unsafeCurrentTimeMillis()
  const told = (total: number) => {
    holder.tape?.assistantHeard(total, now())
    return total
  }
  const heardSamples = Effect.map(transport.heardSamples, told)
  return {
    inputs: Stream.map(transport.inputs, (input) => {
      if (input._tag === "Audio") holder.tape?.person(input.frame, now())
      return input
    }),
    outputSampleRate: transport.outputSampleRate,
    write: (frame) => Effect.map(transport.write(frame), () => holder.tape?.assistantWrote(frame.samples)),
    drained: Effect.zipLeft(transport.drained, heardSamples),
    stop: Effect.map(transport.stop, (total) => {
      holder.tape?.assistantDropped(total, now())
      return total
    }),
    heardSamples,
    send: transport.send,
  }
}
