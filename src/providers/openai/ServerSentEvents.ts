import { Effect, Option, Stream } from "effect"

/** What is carried from piece to piece: the line that has not ended yet, in its pieces, and the event that has not. */
interface Pending {
  readonly line: ReadonlyArray<string>
  readonly data: ReadonlyArray<string>
}

const fieldOf = (line: string): Option.Option<string> =>
  line.startsWith("data:") ? Option.some(line.slice(line[5] === " " ? 6 : 5)) : Option.none()

const accept = (pending: Pending, text: string): readonly [Pending, ReadonlyArray<string>] => {
  const events: Array<string> = []
  let line = pending.line
  let data = pending.data
  let start = 0
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
    const whole = line.length === 0 ? text.slice(start, end) : [...line, text.slice(start, end)].join("")
    const content = whole.endsWith("\r") ? whole.slice(0, -1) : whole
    line = []
    start = end + 1
    if (content === "") {
      if (data.length > 0) events.push(data.join("\n"))
      data = []
    } else {
      data = Option.match(fieldOf(content), { onNone: () => data, onSome: (value) => [...data, value] })
    }
  }
  return [{ line: start < text.length ? [...line, text.slice(start)] : line, data }, events]
}

/**
 * The `data` of each event of a server-sent event stream (HTML Living Standard, 9.2), in time linear in the text: only new
 * text is searched for line ends. `Sse.makeChannel` of @effect/experimental takes hundreds of microseconds an event.
 * Other fields and comments are skipped; a line that was not ended is not an event, unless it is the `last` one that the protocol promises.
 */
export const split =
  (last: string) =>
  <E, R>(text: Stream.Stream<string, E, R>): Stream.Stream<string, E, R> =>
    Stream.suspend(() => {
      let pending: Pending = { line: [], data: [] }
      const rest = Stream.suspend(() => {
        const unended = Option.getOrElse(fieldOf(pending.line.join("").trimEnd()), () => "")
        const event = [...pending.data, ...(unended === last ? [unended] : [])].join("\n")
        return event === "" ? Stream.empty : Stream.make(event)
      })
      return text.pipe(
        Stream.mapConcatEffect((piece) =>
          Effect.sync(() => {
            const [next, events] = accept(pending, piece)
            pending = next
            return events
          }),
        ),
        Stream.concat(rest),
      )
    })
