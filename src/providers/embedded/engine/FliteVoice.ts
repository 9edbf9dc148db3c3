import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim"
import type { Spoken, TimedPhone } from "../EngineProtocol.ts"
import { parseWav } from "./WavBytes.ts"

/** The quickest voice; all voices share one lexicon, so how a word is pronounced can be asked of any. */
const pronouncingVoice = "kal16"

/** Pieces whose pronunciation is remembered; asking costs 10 ms. */
const rememberedMax = 4_096

export interface FliteVoice {
  readonly speak: (pieces: ReadonlyArray<string>, voice: string) => Spoken
}

/** `hh:0.255 ax:0.304 ...`: each phone with its end in seconds. */
const timedPhones = (printed: string): ReadonlyArray<TimedPhone> =>
  printed
    .trim()
    .split(/\s+/)
    .flatMap((entry) => {
      const [phone, end] = entry.split(":")
      return phone === undefined || end === undefined ? [] : [{ phone, endSeconds: Number(end) }]
    })

/**
 * Flite is a command line program compiled to WebAssembly (WASI). Each call is a run of it in a fresh instance (2 ms) over an
 * in-memory folder, so nothing of one text can leak into the next.
 */
export const openFlite = (module: WebAssembly.Module): FliteVoice => {
  const run = (options: ReadonlyArray<string>, input: string) => {
    const decoder = new TextDecoder()
    let printed = ""
    let complaint = ""
    const folder = new Map([["input.txt", new File(new TextEncoder().encode(input))]])
    const wasi = new WASI(
      ["flite", ...options],
      [],
      [
        new OpenFile(new File([])),
        new ConsoleStdout((bytes) => (printed += decoder.decode(bytes, { stream: true }))),
        new ConsoleStdout((bytes) => (complaint += decoder.decode(bytes, { stream: true }))),
        new PreopenDirectory(".", folder),
      ],
      { debug: false },
    )
    const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport })
    const code = wasi.start(instance as Parameters<typeof wasi.start>[0])
    if (code !== 0) throw new Error(`flite ended with ${code}: ${complaint}`)
    return { printed, output: folder.get("out.wav")?.data }
  }

  const remembered = new Map<string, ReadonlyArray<string>>()
  const pronounce = (pieces: ReadonlyArray<string>) => {
    const bare = pieces.map((piece) => piece.replace(/[^a-z']+/gi, " ").trim())
    const unknown = [...new Set(bare)].filter((piece) => piece !== "" && !remembered.has(piece))
    if (remembered.size + unknown.length > rememberedMax) remembered.clear()
    if (unknown.length > 0) {
      // An empty line ends an utterance, and each utterance is printed on a line of its own.
      const text = unknown.map((piece) => `${piece}.\n\n`).join("")
      const { printed } = run(["-voice", pronouncingVoice, "-ps", "-f", "input.txt", "-o", "none"], text)
      const lines = printed.trimEnd().split("\n")
      unknown.forEach((piece, index) => remembered.set(piece, (lines[index] ?? "").trim().split(/\s+/)))
    }
    return bare.map((piece) => remembered.get(piece) ?? [])
  }

  const speak = (pieces: ReadonlyArray<string>, voice: string): Spoken => {
    const { printed, output } = run(["-voice", voice, "-psdur", "-t", pieces.join(" "), "-o", "out.wav"], "")
    if (output === undefined) throw new Error("flite wrote no audio")
    return { ...parseWav(output), phones: timedPhones(printed), pronunciations: pronounce(pieces) }
  }
  return { speak }
}
