import { Effect } from "effect"
import { ServerStop } from "../../domain/media/VoiceProtocol.ts"
import { type Transport, TransportClosed } from "../../domain/media/VoiceTransport.ts"
import type { Line } from "./Line.ts"
import type { SocketLink } from "./SocketLink.ts"

/**
 * While the person is here, what they have heard moves with time as well as with what their page tells, so waiting is
 * sleeping for short whiles. Racing each sleep with the page's words would cost two fibers a frame.
 */
const lookAgainMillisMin = 2
const lookAgainMillisMax = 20

const lookAgain = (millis: number) =>
  Effect.sleep(Math.ceil(Math.min(Math.max(millis, lookAgainMillisMin), lookAgainMillisMax)))

/** Undefined: away, or its buffer is full. */
const openLink = (line: Line) => (line.link === undefined || line.link.isFull() ? undefined : line.link)

/** While they are away only their coming back, or the end of the grace, is waited for. */
const returned = (line: Line) => line.signal.until(() => line.left || openLink(line) !== undefined)

const transmit = (line: Line, link: SocketLink, samples: Int16Array) => {
  link.audio(line.playout.generation(), samples)
  line.playout.sent(samples, line.now())
}

const write = (line: Line, samples: Int16Array): Effect.Effect<void, TransportClosed> =>
  Effect.suspend(() => {
    if (line.left) return Effect.fail(new TransportClosed())
    const link = openLink(line)
    if (link === undefined) return Effect.zipRight(returned(line), write(line, samples))
    const millis = line.playout.waitMillis(samples.length, line.now())
    if (millis > 0) return Effect.zipRight(lookAgain(millis), write(line, samples))
    transmit(line, link, samples)
    return Effect.void
  })

const drained = (line: Line): Effect.Effect<void, TransportClosed> =>
  Effect.suspend(() => {
    const ahead = line.playout.ahead(line.now())
    if (ahead === 0) return Effect.void
    if (line.left) return Effect.fail(new TransportClosed())
    const wait =
      line.link === undefined
        ? line.signal.until(() => line.left || line.link !== undefined || line.playout.ahead(line.now()) === 0)
        : lookAgain((ahead * 1000) / line.options.outputSampleRate)
    return Effect.zipRight(wait, drained(line))
  })

/** The assistant's voice on a person's line. No spans: there would be one for each frame. */
export const make = (line: Line): Pick<Transport, "write" | "drained" | "stop" | "heardSamples"> => ({
  write: (frame) =>
    frame.sampleRate === line.options.outputSampleRate
      ? write(line, frame.samples)
      : Effect.dieMessage(`a frame of ${frame.sampleRate} Hz on a line of ${line.options.outputSampleRate} Hz`),
  drained: drained(line),
  stop: Effect.sync(() => {
    const heard = line.playout.drop(line.now())
    line.link?.message(ServerStop.make({ generation: line.playout.generation() }))
    line.signal.notify()
    return heard
  }),
  heardSamples: Effect.sync(() => line.playout.heard(line.now())),
})
