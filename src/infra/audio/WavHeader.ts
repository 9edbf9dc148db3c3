import { Effect } from "effect"
import {
  ChunkMissing,
  HeaderCut,
  ImpossibleFormat,
  NotWav,
  type Reason,
  UnsupportedCodec,
  WavError,
} from "./WavError.ts"

/** Bytes that can be read anywhere; less than asked for only at the end. */
export interface Source {
  readonly name: string
  readonly size: number
  readonly read: (offset: number, length: number) => Effect.Effect<Uint8Array, WavError>
}

export interface WavFormat {
  readonly encoding: "integer" | "float"
  readonly bitsPerSample: number
  readonly channels: number
  readonly sampleRate: number
}

export interface WavHeader extends WavFormat {
  /** Where the samples begin, in bytes from the start of the file. */
  readonly dataOffset: number
  /** What the file holds of them, whole frames only. */
  readonly dataLength: number
  /** The header promises more than is there. */
  readonly cut: boolean
}

/** A file with more chunks than this before its samples is garbage. */
const chunksMax = 1_000
const sampleRateMin = 8_000
const sampleRateMax = 192_000
const channelsMax = 32
/** Writers that do not know the length yet leave one of these. */
const lengthsUnknown = new Set([0, 0xffff_ffff])

/** Names from the registry of wave formats (RFC 2361 and mmreg.h). */
const codecNames: Readonly<Record<number, string>> = {
  0x0002: "Microsoft ADPCM",
  0x0006: "A-law",
  0x0007: "mu-law",
  0x0011: "IMA ADPCM",
  0x0031: "GSM 6.10",
  0x0040: "G.721 ADPCM",
  0x0050: "MPEG",
  0x0055: "MP3",
  0x00ff: "AAC",
  0x0161: "Windows Media Audio",
  0x2000: "AC-3",
  0x674f: "Ogg Vorbis",
  0xf1ac: "FLAC",
}

const codecName = (tag: number) => codecNames[tag] ?? `an unknown codec (0x${tag.toString(16).padStart(4, "0")})`

export const failAt = (source: Source, position: number, reason: Reason) =>
  new WavError({ file: source.name, position, reason })

const text = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "?")).join("")

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const checked = (format: WavFormat, blockBytes: number): Reason | WavFormat => {
  const { bitsPerSample, channels, sampleRate } = format
  const widths = format.encoding === "float" ? [32, 64] : [8, 16, 24, 32]
  if (channels < 1 || channels > channelsMax)
    return new ImpossibleFormat({ detail: `it says ${channels} channels; 1 to ${channelsMax} can be read` })
  if (sampleRate < sampleRateMin || sampleRate > sampleRateMax)
    return new ImpossibleFormat({
      detail: `it says ${sampleRate} samples a second; ${sampleRateMin} to ${sampleRateMax} can be read`,
    })
  if (!widths.includes(bitsPerSample))
    return new UnsupportedCodec({ codec: `${bitsPerSample}-bit ${format.encoding === "float" ? "float" : "PCM"}` })
  if (blockBytes !== (channels * bitsPerSample) / 8)
    return new ImpossibleFormat({
      detail: `its frames are ${blockBytes} bytes where ${channels} channels of ${bitsPerSample} bits need ${(channels * bitsPerSample) / 8}`,
    })
  return format
}

const parseFormat = (bytes: Uint8Array): Reason | WavFormat => {
  const view = viewOf(bytes)
  const outer = view.getUint16(0, true)
  const extensible = outer === 0xfffe
  if (extensible && bytes.length < 26) return new HeaderCut({ chunk: "fmt (extensible)" })
  const codec = extensible ? view.getUint16(24, true) : outer
  if (codec !== 1 && codec !== 3) return new UnsupportedCodec({ codec: codecName(codec) })
  const format: WavFormat = {
    encoding: codec === 1 ? "integer" : "float",
    bitsPerSample: view.getUint16(14, true),
    channels: view.getUint16(2, true),
    sampleRate: view.getUint32(4, true),
  }
  return checked(format, view.getUint16(12, true))
}

const readFormat = Effect.fnUntraced(function* (source: Source, offset: number, length: number) {
  const bytes = yield* source.read(offset, Math.min(length, 40))
  if (bytes.length < 16) return yield* failAt(source, offset + bytes.length, new HeaderCut({ chunk: "fmt" }))
  const format = parseFormat(bytes)
  return "_tag" in format ? yield* failAt(source, offset, format) : format
})

const locate = (source: Source, format: WavFormat, dataOffset: number, promised: number): WavHeader => {
  const there = source.size - dataOffset
  const unknown = lengthsUnknown.has(promised)
  const frameBytes = (format.channels * format.bitsPerSample) / 8
  const dataLength = Math.floor((unknown ? there : Math.min(promised, there)) / frameBytes) * frameBytes
  return { ...format, dataOffset, dataLength, cut: !unknown && promised > there }
}

/** Walks the chunks up to the samples. Source: Multimedia Programming Interface and Data Specifications 1.0. */
export const parse = Effect.fnUntraced(function* (source: Source) {
  const riff = yield* source.read(0, 12)
  if (riff.length >= 4 && text(riff.slice(0, 4)) === "RF64")
    return yield* failAt(source, 0, new UnsupportedCodec({ codec: "in the 64-bit RF64 container" }))
  if (riff.length < 12 || text(riff.slice(0, 4)) !== "RIFF" || text(riff.slice(8, 12)) !== "WAVE") {
    const found = riff.length === 0 ? "nothing (0 bytes)" : `"${text(riff)}"`
    return yield* failAt(source, 0, new NotWav({ found }))
  }
  let format: WavFormat | undefined
  let offset = 12
  for (let chunk = 0; chunk < chunksMax && offset < source.size; chunk++) {
    const head = yield* source.read(offset, 8)
    if (head.length < 8) return yield* failAt(source, offset, new HeaderCut({ chunk: text(head.slice(0, 4)).trim() }))
    const id = text(head.slice(0, 4))
    const length = viewOf(head).getUint32(4, true)
    if (id === "fmt ") format = yield* readFormat(source, offset + 8, length)
    if (id === "data") {
      if (format === undefined) return yield* failAt(source, offset, new ChunkMissing({ chunk: "fmt " }))
      return locate(source, format, offset + 8, length)
    }
    offset += 8 + length + (length % 2)
  }
  return yield* failAt(source, Math.min(offset, source.size), new ChunkMissing({ chunk: format ? "data" : "fmt " }))
})
