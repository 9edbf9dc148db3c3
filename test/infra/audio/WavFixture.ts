export interface FixtureOptions {
  readonly encoding: "integer" | "float"
  readonly bitsPerSample: number
  readonly channels: number
  readonly sampleRate: number
  readonly extensible?: boolean
  readonly codec?: number
  /** Chunks between the header and the format, as foreign programs leave them. */
  readonly before?: ReadonlyArray<Uint8Array>
  /** What the data chunk claims as its length, when that is not the truth. */
  readonly claimedLength?: number
}

const ascii = (text: string) => new TextEncoder().encode(text)

export const chunk = (id: string, body: Uint8Array, claimedLength = body.length): Uint8Array => {
  const bytes = new Uint8Array(8 + body.length + (body.length % 2))
  bytes.set(ascii(id))
  new DataView(bytes.buffer).setUint32(4, claimedLength, true)
  bytes.set(body, 8)
  return bytes
}

export const riff = (...chunks: ReadonlyArray<Uint8Array>): Uint8Array => {
  const body = chunks.reduce((total, part) => total + part.length, 4)
  const bytes = new Uint8Array(8 + body)
  bytes.set(ascii("RIFF"))
  new DataView(bytes.buffer).setUint32(4, body, true)
  bytes.set(ascii("WAVE"), 8)
  let offset = 12
  for (const part of chunks) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

const formatChunk = (options: FixtureOptions) => {
  const body = new Uint8Array(options.extensible === true ? 40 : 16)
  const view = new DataView(body.buffer)
  const codec = options.codec ?? (options.encoding === "float" ? 3 : 1)
  const frameBytes = (options.channels * options.bitsPerSample) / 8
  view.setUint16(0, options.extensible === true ? 0xfffe : codec, true)
  view.setUint16(2, options.channels, true)
  view.setUint32(4, options.sampleRate, true)
  view.setUint32(8, options.sampleRate * frameBytes, true)
  view.setUint16(12, frameBytes, true)
  view.setUint16(14, options.bitsPerSample, true)
  if (options.extensible === true) view.setUint16(24, codec, true)
  return chunk("fmt ", body)
}

const put = (view: DataView, offset: number, { encoding, bitsPerSample }: FixtureOptions, sample: number) => {
  if (encoding === "float") {
    if (bitsPerSample === 32) view.setFloat32(offset, sample, true)
    else view.setFloat64(offset, sample, true)
    return
  }
  const full = 2 ** (bitsPerSample - 1)
  const value = Math.max(-full, Math.min(full - 1, Math.round(sample * full)))
  if (bitsPerSample === 8) view.setUint8(offset, value + 128)
  else for (let byte = 0; byte < bitsPerSample / 8; byte++) view.setUint8(offset + byte, (value >> (8 * byte)) & 0xff)
}

/** A WAV file of a signal (time in seconds and channel to -1..1), as many programs would write it. */
export const wav = (options: FixtureOptions, seconds: number, signal: (time: number, channel: number) => number) => {
  const frames = Math.round(seconds * options.sampleRate)
  const sampleBytes = options.bitsPerSample / 8
  const data = new Uint8Array(frames * options.channels * sampleBytes)
  const view = new DataView(data.buffer)
  for (let frame = 0; frame < frames; frame++)
    for (let channel = 0; channel < options.channels; channel++)
      put(
        view,
        (frame * options.channels + channel) * sampleBytes,
        options,
        signal(frame / options.sampleRate, channel),
      )
  return riff(...(options.before ?? []), formatChunk(options), chunk("data", data, options.claimedLength))
}
