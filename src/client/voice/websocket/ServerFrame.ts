import { Option, Schema } from "effect"
import { ServerMessage } from "../../../domain/media/VoiceProtocol.ts"

const headerBytes = 4

/** A frame of the assistant's voice. */
export interface VoiceFrame {
  readonly generation: number
  readonly pcm: Int16Array<ArrayBuffer>
}

/** Reads a binary message. None: it is not one of ours (too short, or half a sample). */
export const decodeVoiceFrame = (data: ArrayBuffer): Option.Option<VoiceFrame> =>
  data.byteLength < headerBytes || data.byteLength % 2 !== 0
    ? Option.none()
    : Option.some({
        generation: new DataView(data).getUint32(0, true),
        // Every browser of today runs on little-endian machines, as the protocol does.
        pcm: new Int16Array(data, headerBytes),
      })

const decode = Schema.decodeUnknownOption(Schema.parseJson(ServerMessage))

/** Reads a text message. None: a newer server says something that this page does not know. */
export const decodeServerMessage = (text: string): Option.Option<ServerMessage> => decode(text)
