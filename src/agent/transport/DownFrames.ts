import { Schema } from "effect"
import { ServerMessage } from "../../domain/media/VoiceProtocol.ts"

const generationBytes = 4

export const encodeMessage: (message: ServerMessage) => string = Schema.encodeSync(Schema.parseJson(ServerMessage))

/** One binary message of the voice: little-endian, as every machine that Bun runs on. */
export const encodeAudio = (generation: number, samples: Int16Array): Uint8Array => {
  const bytes = new Uint8Array(generationBytes + samples.byteLength)
  new DataView(bytes.buffer).setUint32(0, generation, true)
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), generationBytes)
  return bytes
}
