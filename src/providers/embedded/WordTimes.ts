import type { WordMark } from "../../domain/speech/TextToSpeech.ts"
import type { Spoken } from "./EngineProtocol.ts"
import type { SpeakablePart } from "./SpeakableText.ts"

const pause = "pau"

interface TimedSound {
  readonly phone: string
  readonly startMillis: number
  readonly endMillis: number
}

/** The phones of the audio that are not pauses, with both ends. */
const sounds = ({ phones }: Spoken): ReadonlyArray<TimedSound> =>
  phones
    .map(({ phone, endSeconds }, index) => ({
      phone,
      startMillis: (phones[index - 1]?.endSeconds ?? 0) * 1000,
      endMillis: endSeconds * 1000,
    }))
    .filter(({ phone }) => phone !== pause)

/**
 * For each heard phone, which piece it belongs to: the alignment of the two sequences with the fewest changes, because in running
 * text some words are said a little otherwise than alone ("the" before a vowel).
 */
const assign = (heard: ReadonlyArray<string>, expected: ReadonlyArray<{ phone: string; piece: number }>) => {
  const width = expected.length + 1
  const cost = new Uint16Array((heard.length + 1) * width)
  const at = (row: number, column: number) => cost[row * width + column] ?? 0
  const differ = (row: number, column: number) => (heard[row - 1] === expected[column - 1]?.phone ? 0 : 1)
  for (let row = 0; row <= heard.length; row++) {
    for (let column = 0; column < width; column++) {
      cost[row * width + column] =
        row === 0 || column === 0
          ? row + column
          : Math.min(at(row - 1, column - 1) + differ(row, column), at(row - 1, column) + 1, at(row, column - 1) + 1)
    }
  }
  const pieces: Array<number> = []
  for (let row = heard.length, column = expected.length; row > 0;) {
    if (column > 0 && at(row, column) === at(row - 1, column - 1) + differ(row, column)) {
      pieces[--row] = expected[--column]?.piece ?? 0
    } else if (column > 0 && at(row, column) === at(row, column - 1) + 1) column -= 1
    else pieces[--row] = expected[Math.max(0, column - 1)]?.piece ?? 0
  }
  return pieces
}

/** Splits a time among words by how long they are written. */
const share = (words: ReadonlyArray<string>, startMillis: number, endMillis: number): ReadonlyArray<WordMark> => {
  const letters = words.reduce((total, word) => total + word.length, 0)
  let passed = 0
  return words.map((word) => {
    const from = passed
    passed += word.length
    const millis = (count: number) => startMillis + ((endMillis - startMillis) * count) / letters
    return { word, startMillis: millis(from), endMillis: millis(passed) }
  })
}

/**
 * Where each written word lies in the audio: exact at the borders of parts, since Flite tells the time of every phone; words that
 * are read as one ("5 km") share their time. A part that is not said (an emoji) gets a mark without length where it would be.
 */
export const wordTimes = (
  parts: ReadonlyArray<SpeakablePart>,
  spoken: Spoken,
  offsetMillis: number,
): ReadonlyArray<WordMark> => {
  const said = sounds(spoken)
  const expected = spoken.pronunciations.flatMap((phones, piece) =>
    phones.filter((phone) => phone !== pause).map((phone) => ({ phone, piece })),
  )
  const owners = assign(
    said.map(({ phone }) => phone),
    expected,
  )
  let piece = -1
  let last = said[0]?.startMillis ?? 0
  return parts.flatMap(({ written, spoken }) => {
    const words = written.split(/\s+/)
    if (spoken !== "") piece += 1
    const own = spoken === "" ? [] : said.filter((_, index) => owners[index] === piece)
    const start = own[0]?.startMillis ?? last
    last = own.at(-1)?.endMillis ?? start
    return share(words, start + offsetMillis, last + offsetMillis)
  })
}
