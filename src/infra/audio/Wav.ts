import { FileSystem } from "@effect/platform"
import { Effect } from "effect"
import { concat, inputSampleRate, type PcmFrame } from "../../domain/speech/PcmFrame.ts"
import * as Resampler from "../../domain/speech/Resampler.ts"
import { NoSamples, TooLong, Unreadable, WavError } from "./WavError.ts"
import { failAt, parse, type Source, type WavFormat } from "./WavHeader.ts"

/** A longer recording is refused: an hour is 115 MB as we hold it. */
export const secondsMax = 3_600
/** How much of a file is held and converted at a time. */
const pieceFrames = 65_536

export interface Recording {
  /** Mono at 16 kHz; several channels are mixed to one. */
  readonly frame: PcmFrame
  /** How the file held it. */
  readonly format: WavFormat
  /** What is not as it should be and did not keep us from reading it, in words for a person. */
  readonly warnings: ReadonlyArray<string>
}

/** One sample as a number from -1 to 1. Bytes of 8-bit PCM have no sign, all wider ones do. */
const sampleReader = (format: WavFormat, view: DataView): ((offset: number) => number) => {
  switch (format.encoding === "float" ? format.bitsPerSample + 1 : format.bitsPerSample) {
    case 8:
      return (offset) => (view.getUint8(offset) - 128) / 128
    case 16:
      return (offset) => view.getInt16(offset, true) / 32_768
    case 24:
      return (offset) => (view.getUint16(offset, true) | (view.getInt8(offset + 2) << 16)) / 8_388_608
    case 32:
      return (offset) => view.getInt32(offset, true) / 2_147_483_648
    case 33:
      return (offset) => view.getFloat32(offset, true)
    default:
      return (offset) => view.getFloat64(offset, true)
  }
}

const toInt16 = (sample: number) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)))

const toMono = (format: WavFormat, bytes: Uint8Array): PcmFrame => {
  const read = sampleReader(format, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const sampleBytes = format.bitsPerSample / 8
  const frameBytes = sampleBytes * format.channels
  const samples = new Int16Array(Math.floor(bytes.length / frameBytes))
  for (let index = 0; index < samples.length; index++) {
    let sum = 0
    for (let channel = 0; channel < format.channels; channel++) sum += read(index * frameBytes + channel * sampleBytes)
    // Float files may hold NaN and infinities.
    samples[index] = Number.isFinite(sum) ? toInt16(sum / format.channels) : 0
  }
  return { samples, sampleRate: format.sampleRate }
}

/** Reads a recording of any width, rate and number of channels, a piece at a time. */
const decodeSource = Effect.fn("Wav.decode")(function* (source: Source) {
  const header = yield* parse(source)
  const frameBytes = (header.channels * header.bitsPerSample) / 8
  const seconds = header.dataLength / frameBytes / header.sampleRate
  if (seconds > secondsMax) return yield* failAt(source, 0, new TooLong({ seconds, secondsMax }))
  const resampler = Resampler.make(header.sampleRate, inputSampleRate)
  const pieces: Array<PcmFrame> = []
  const end = header.dataOffset + header.dataLength
  for (let offset = header.dataOffset; offset < end; offset += pieceFrames * frameBytes) {
    const bytes = yield* source.read(offset, Math.min(pieceFrames * frameBytes, end - offset))
    pieces.push(resampler.push(toMono(header, bytes)))
  }
  pieces.push(resampler.flush())
  const frame = concat(pieces, inputSampleRate)
  if (frame.samples.length === 0) return yield* failAt(source, header.dataOffset, new NoSamples())
  const { bitsPerSample, channels, encoding, sampleRate } = header
  const recording: Recording = {
    frame,
    format: { bitsPerSample, channels, encoding, sampleRate },
    warnings: header.cut
      ? [`${source.name} is cut off: its header promises more; read the ${seconds.toFixed(1)} s that are there`]
      : [],
  }
  return recording
})

/** Reads a recording out of memory; `name` is what errors call it. */
export const decode = (bytes: Uint8Array, name: string): Effect.Effect<Recording, WavError> =>
  decodeSource({
    name,
    size: bytes.length,
    read: (offset, length) => Effect.succeed(bytes.subarray(offset, offset + length)),
  })

const unreadable = (path: string) => (error: { readonly message: string }) =>
  new WavError({ file: path, position: 0, reason: new Unreadable({ detail: error.message }) })

/** Reads a file a piece at a time: memory stays at the length of the recording, whatever its format. */
export const readFile = Effect.fn("Wav.readFile")(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const fail = Effect.mapError(unreadable(path))
  const info = yield* fail(files.stat(path))
  if (info.type !== "File")
    return yield* unreadable(path)({ message: `it is a ${info.type.toLowerCase()}, not a file` })
  const file = yield* fail(files.open(path, { flag: "r" }))
  const read = Effect.fnUntraced(function* (offset: number, length: number) {
    const bytes = new Uint8Array(length)
    yield* file.seek(BigInt(offset), "start")
    let filled = 0
    while (filled < length) {
      const count = Number(yield* fail(file.read(bytes.subarray(filled))))
      if (count === 0) break
      filled += count
    }
    return bytes.subarray(0, filled)
  })
  return yield* decodeSource({ name: path, size: Number(info.size), read })
}, Effect.scoped)

/** A whole WAV file, 16-bit mono, of the frame's own rate. */
export const encode = (frame: PcmFrame): Uint8Array => {
  const bytes = new Uint8Array(44 + frame.samples.length * 2)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode("RIFF"), 0)
  view.setUint32(4, bytes.length - 8, true)
  bytes.set(new TextEncoder().encode("WAVEfmt "), 8)
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, frame.sampleRate, true)
  view.setUint32(28, frame.sampleRate * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  bytes.set(new TextEncoder().encode("data"), 36)
  view.setUint32(40, frame.samples.length * 2, true)
  frame.samples.forEach((sample, index) => view.setInt16(44 + index * 2, sample, true))
  return bytes
}

export const writeFile = Effect.fn("Wav.writeFile")(function* (path: string, frame: PcmFrame) {
  const files = yield* FileSystem.FileSystem
  yield* files.writeFile(path, encode(frame)).pipe(Effect.mapError(unreadable(path)))
})
