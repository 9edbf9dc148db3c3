export interface Splitter {
  /** The `data` of each event that this piece of text completes. */
  readonly push: (text: string) => ReadonlyArray<string>
  /** What the end of the text completes: an event that only lacks its blank line. */
  readonly end: () => ReadonlyArray<string>
}

const dataOf = (line: string): string | undefined =>
  line.startsWith("data:") ? line.slice(line[5] === " " ? 6 : 5) : undefined

/**
 * Splits a server-sent event stream (HTML Living Standard, 9.2) in time linear in the text: only new text is searched for line ends.
 * `Sse.makeChannel` of @effect/experimental takes hundreds of microseconds an event. Other fields and comments are skipped; a line
 * that was not ended is not an event, unless it is the `last` one that the protocol promises.
 */
export const splitter = (last: string): Splitter => {
  // The line that has not ended yet, in its pieces, and the data of the event that has not.
  let line: Array<string> = []
  let data: Array<string> = []

  const push: Splitter["push"] = (text) => {
    const events: Array<string> = []
    let start = 0
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      line.push(text.slice(start, end))
      const whole = line.length === 1 ? (line[0] ?? "") : line.join("")
      const content = whole.endsWith("\r") ? whole.slice(0, -1) : whole
      line = []
      start = end + 1
      if (content === "") {
        if (data.length > 0) events.push(data.join("\n"))
        data = []
      } else {
        const value = dataOf(content)
        if (value !== undefined) data.push(value)
      }
    }
    if (start < text.length) line.push(text.slice(start))
    return events
  }

  const end: Splitter["end"] = () => {
    if (dataOf(line.join("").trimEnd()) === last) data.push(last)
    return data.length === 0 ? [] : [data.join("\n")]
  }
  return { push, end }
}
