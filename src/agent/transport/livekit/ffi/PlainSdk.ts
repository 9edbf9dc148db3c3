import { AudioFrame, AudioSource, AudioStream, LocalAudioTrack, type RemoteTrack } from "@livekit/rtc-node"
import { copyOf, type MediaSdk, type ReadOptions, type VoiceOutlet } from "./MediaSdk.ts"

const pump = async (reader: ReadableStreamDefaultReader<AudioFrame>, onFrame: ReadOptions["onFrame"]) => {
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    onFrame(value.data)
  }
}

const ignore = () => undefined

const openStream = (track: RemoteTrack, { frameMillis, sampleRate }: ReadOptions) => {
  try {
    return new AudioStream(track, { sampleRate, numChannels: 1, frameSizeMs: frameMillis })
  } catch {
    return undefined
  }
}

const openVoice = (sampleRate: number): VoiceOutlet => {
  const source = new AudioSource(sampleRate, 1, 0)
  const track = LocalAudioTrack.createAudioTrack("voice", source)
  let open = true
  return {
    track,
    capture: (samples) => {
      // Refused once the room is gone, which the room says itself.
      if (open) source.captureFrame(new AudioFrame(copyOf(samples), sampleRate, 1, samples.length)).catch(ignore)
    },
    close: () => {
      if (!open) return
      open = false
      track.close().catch(ignore)
    },
  }
}

/** By the SDK as it comes. */
export const make = (): MediaSdk => {
  let readers = 0
  return {
    read: (track, options) => {
      const reader = openStream(track, options)?.getReader()
      if (reader === undefined) return undefined
      let open = true
      readers += 1
      const close = () => {
        if (!open) return
        open = false
        readers -= 1
        reader.cancel().catch(ignore)
      }
      void pump(reader, (samples) => open && options.onFrame(samples)).then(close, close)
      return close
    },
    openVoice,
    sendText: async (participant, text, options) => {
      const writer = await participant.streamText(options)
      await writer.write(text)
      await writer.close()
    },
    forget: (room) => void globalThis._ffiClientInstance?.off("ffi_event", room["onFfiEvent"]),
    held: () => readers + (globalThis._ffiClientInstance?.listenerCount("ffi_event") ?? 0),
  }
}
