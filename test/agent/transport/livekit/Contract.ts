import { Effect, Scope } from "effect"
import {
  chatTopic,
  interruptMethod,
  leaveMethod,
  messageIdAttribute,
} from "../../../../src/domain/media/LiveKitProtocol.ts"
import type { Transport } from "../../../../src/domain/media/VoiceTransport.ts"
import { durationMillis } from "../../../../src/domain/speech/PcmFrame.ts"
import { type Conditions, contract, type Subject } from "../../../contract/VoiceTransport.ts"
import { describeLiveKit } from "../../../support/LiveKitServer.ts"
import { eventually, joinPerson, tone } from "./LiveKitPerson.ts"
import { inWorld, joinAssistant, type Sdk, TestServer } from "./World.ts"

/** Until what was done on one side has come to the other. */
const settle = Effect.sleep("150 millis")
const hz = 600

const conditions: Conditions = {
  live: true,
  verbatim: false,
  // Over the loopback a jitter buffer holds 40 to 100 ms; a busy machine adds to it.
  exactMillis: 250,
  tone: (millis, sampleRate) => ({ samples: tone(hz, millis, sampleRate), sampleRate }),
}

const subject = Effect.gen(function* () {
  const server = yield* TestServer
  const room = "contract"
  const first = yield* joinPerson(server, room, "ada")
  const { transport } = yield* joinAssistant(room)
  const came = (person: typeof first) => eventually(() => person.isListening, "the assistant's voice is subscribed to")
  yield* came(first)

  let person = first
  let playedBefore = 0
  let written = 0
  const counted: Transport = {
    ...transport,
    write: (frame) =>
      Effect.zipLeft(
        transport.write(frame),
        Effect.sync(() => (written += frame.samples.length)),
      ),
  }
  const inSamples = (millis: number) => (millis * transport.outputSampleRate) / 1000
  const made: Subject = {
    transport: counted,
    pass: (millis) => Effect.sleep(millis),
    person: {
      say: (frame) => Effect.promise(() => person.say(hz, durationMillis(frame))),
      type: (messageId, text) =>
        Effect.promise(() =>
          person.self.sendText(text, { topic: chatTopic, attributes: { [messageIdAttribute]: messageId } }),
        ).pipe(Effect.zipRight(settle)),
      interrupt: Effect.promise(() => person.call(interruptMethod)).pipe(Effect.zipRight(settle)),
      lose: Effect.promise(() => person.leave()).pipe(Effect.zipRight(settle)),
      comeBack: Effect.gen(function* () {
        playedBefore += person.playedMillis
        person = yield* joinPerson(server, room, "ada")
        yield* came(person)
      }).pipe(Effect.provideService(Scope.Scope, yield* Effect.scope)),
      leave: Effect.promise(() => person.call(leaveMethod)).pipe(Effect.zipRight(settle)),
      played: Effect.sync(() => inSamples(playedBefore + person.playedMillis)),
      waiting: Effect.map(transport.heardSamples, (heard) => written - heard),
    },
  }
  return made
})

export const keepsTheContract = (sdk: Sdk) =>
  describeLiveKit(`The LiveKit transport keeps the contract, SDK ${sdk}`, () =>
    contract(Effect.orDie(inWorld(sdk)(subject)), conditions),
  )
