import { Effect } from "effect"
import { ServerStop } from "../../domain/media/VoiceProtocol.ts"
import { type Transport, TransportClosed } from "../../domain/media/VoiceTransport.ts"
import type { Line } from "./Line.ts"

/** Where the voice is changes with time too, not only with what the page tells: it is looked at again after so long. */
const lookAgainMillisMin = 2
const lookAgainMillisMax = 50

const lookAgain = (millis: number) => Math.min(Math.max(millis, lookAgainMillisMin), lookAgainMillisMax)

/** Undefined: away, or its buffer is full. */
const openLink = (line: Line) => (line.link === undefined || line.link.isFull() ? undefined : line.link)

/** How long until a frame of this many samples may go; undefined: when the person's side is back. */
const waitMillis = (line: Line, samples: number): number | undefined =>
  openLink(line) === undefined ? undefined : line.playout.waitMillis(samples, line.now())

const transmit = (line: Line, samples: Int16Array) => {
  line.link?.audio(line.playout.generation(), samples)
  line.playout.sent(samples, line.now())
}

const write = (line: Line, samples: Int16Array): Effect.Effect<void, TransportClosed> =>
  Effect.suspend(() => {
    if (line.left) return Effect.fail(new TransportClosed())
    const millis = waitMillis(line, samples.length)
    if (millis === 0) return Effect.sync(() => transmit(line, samples))
    const ready = line.signal.until(() => line.left || waitMillis(line, samples.length) === 0)
    // While the person is away only their coming back, or the end of the grace, is waited for.
    const wait = millis === undefined ? ready : Effect.timeoutOption(ready, lookAgain(millis))
    return Effect.zipRight(wait, write(line, samples))
  })

const drained = (line: Line): Effect.Effect<void, TransportClosed> =>
  Effect.suspend(() => {
    const ahead = line.playout.ahead(line.now())
    if (ahead === 0) return Effect.void
    if (line.left) return Effect.fail(new TransportClosed())
    const isDone = () => line.left || line.playout.ahead(line.now()) === 0
    const millis = lookAgain((ahead * 1000) / line.options.outputSampleRate)
    const wait =
      line.link === undefined
        ? line.signal.until(() => isDone() || line.link !== undefined)
        : Effect.timeoutOption(line.signal.until(isDone), millis)
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
