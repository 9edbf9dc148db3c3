import { byteRange } from "../../src/http/ByteRange.ts"
import * as FlacEncoder from "../../src/agent/recording/flac/FlacEncoder.ts"

const sampleRate = 16_000
const blockSamples = 1_600

/** The person is a low tone in every other six seconds, the assistant a higher one in those between. */
const encode = (seconds: number): Uint8Array<ArrayBuffer> => {
  const encoder = FlacEncoder.make({ sampleRate, blockSamples })
  const frames: Array<Uint8Array> = []
  const tone = (from: number, hertz: number, sounds: boolean) =>
    Int16Array.from({ length: blockSamples }, (_, index) =>
      sounds ? 4_000 * Math.sin((2 * Math.PI * hertz * (from + index)) / sampleRate) : 0,
    )
  for (let from = 0; from < seconds * sampleRate; from += blockSamples) {
    const person = Math.floor(from / sampleRate / 6) % 2 === 0
    frames.push(encoder.encode(tone(from, 220, person), tone(from, 330, !person)))
  }
  return new Uint8Array(Buffer.concat([encoder.head(), ...frames]))
}

/** A recording of so many seconds, as the server hands it out. */
export const mockAudio = (request: Request, seconds: number): Response => {
  const whole = encode(seconds)
  const range = byteRange(request.headers.get("range") ?? undefined, whole.length)
  const headers = { "content-type": "audio/flac", "accept-ranges": "bytes" }
  if (range === undefined) return new Response(whole, { headers })
  if (range === "unsatisfiable") return new Response(null, { status: 416 })
  return new Response(whole.slice(range.start, range.end), {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${range.start}-${range.end - 1}/${whole.length}` },
  })
}
