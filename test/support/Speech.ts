import { Effect, Stream } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { concat, inputSampleRate, type PcmFrame, silence } from "../../src/domain/speech/PcmFrame.ts"

/** Recordings of people with what they said, from Debian's package pocketsphinx-testdata (BSD). */
const folder = "/usr/share/pocketsphinx/test/data"

export interface HumanClip {
  readonly name: string
  readonly words: string
  /** 16 kHz mono. */
  readonly audio: PcmFrame
}

const wavHeaderBytes = 44

const read = (path: string): Buffer => {
  try {
    return readFileSync(`${folder}/${path}`)
  } catch (cause) {
    throw new Error("These tests need human speech (Debian's pocketsphinx-testdata): bun run services", { cause })
  }
}

const samplesOf = (path: string): PcmFrame => {
  const bytes = read(path).subarray(path.endsWith(".wav") ? wavHeaderBytes : 0)
  const samples = Int16Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readInt16LE(2 * index))
  return { samples, sampleRate: inputSampleRate }
}

/** `<s> ten of clubs </s> (001)`, a line a clip. */
const transcribed = (directory: string, transcription: string): ReadonlyArray<HumanClip> =>
  read(`${directory}/${transcription}`)
    .toString("utf8")
    .split("\n")
    .flatMap((line) => {
      const [, words, name] = /^(?:<s>)?\s*(.*?)\s*(?:<\/s>)?\s*\((\S+)\)/.exec(line) ?? []
      if (words === undefined || name === undefined) return []
      return [{ name: `${directory}/${name}`, words, audio: samplesOf(`${directory}/${name}.wav`) }]
    })

/** Clips whose words the package gives, and two whose words its grammars and tests give. */
export const humanClips = (): ReadonlyArray<HumanClip> => [
  ...transcribed("librivox", "transcription"),
  ...transcribed("cards", "cards.transcription"),
  { name: "goforward", words: "go forward ten meters", audio: samplesOf("goforward.raw") },
  { name: "something", words: "go somewhere and do something", audio: samplesOf("something.raw") },
]

export const humanClip = (name: string): HumanClip => {
  const clip = humanClips().find((clip) => clip.name.includes(name))
  if (clip === undefined) throw new Error(`no clip ${name} among ${readdirSync(folder).join(" ")}`)
  return clip
}

/** Some silence, the clip, some silence. */
export const padded = ({ audio }: HumanClip, beforeMillis: number, afterMillis: number): PcmFrame =>
  concat([silence(beforeMillis, inputSampleRate), audio, silence(afterMillis, inputSampleRate)], inputSampleRate)

/** The whole frames of so many samples; what is left over is dropped. */
export const frames = ({ samples, sampleRate }: PcmFrame, frameSamples: number): ReadonlyArray<PcmFrame> =>
  Array.from({ length: Math.floor(samples.length / frameSamples) }, (_, index) => ({
    samples: samples.slice(index * frameSamples, (index + 1) * frameSamples),
    sampleRate,
  }))

/** As a microphone gives it, in frames of 32 ms; at once, or `speed` times as fast as it was said. */
export const streamed = (audio: PcmFrame, speed?: number): Stream.Stream<PcmFrame> => {
  const all = Stream.fromIterable(frames(audio, 512))
  return speed === undefined ? all : Stream.tap(all, () => Effect.sleep(32 / speed))
}

/** White noise, the same every time; `level` is its peak, 0 to 1. */
export const noise = (millis: number, level: number): PcmFrame => {
  let seed = 1
  const samples = Int16Array.from({ length: (millis * inputSampleRate) / 1000 }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.round((seed / 1_073_741_824 - 1) * level * 32_767)
  })
  return { samples, sampleRate: inputSampleRate }
}

export const noisy = (audio: PcmFrame, level: number): PcmFrame => {
  const added = noise(Math.ceil((audio.samples.length * 1000) / audio.sampleRate), level).samples
  const samples = audio.samples.map((sample, index) =>
    Math.max(-32_768, Math.min(32_767, sample + (added[index] ?? 0))),
  )
  return { ...audio, samples }
}

const titles: Readonly<Record<string, string>> = { mr: "mister", mrs: "missus", dr: "doctor" }

/** Lower case, letters and apostrophes only, titles written out. */
export const normalised = (text: string): ReadonlyArray<string> =>
  (text.toLowerCase().match(/[a-z0-9']+/g) ?? []).map((word) => titles[word] ?? word)

/** How many words must be changed, added or left out to get one from the other (Levenshtein). */
export const wordErrors = (reference: ReadonlyArray<string>, heard: ReadonlyArray<string>): number => {
  let before = Array.from({ length: heard.length + 1 }, (_, index) => index)
  reference.forEach((word, row) => {
    const next = [row + 1]
    heard.forEach((other, column) => {
      const swap = (before[column] ?? 0) + (word === other ? 0 : 1)
      next.push(Math.min(swap, (before[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    })
    before = next
  })
  return before[heard.length] ?? 0
}
