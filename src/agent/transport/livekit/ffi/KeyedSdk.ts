import type { AudioStreamEvent, CaptureAudioFrameResponse, NewAudioStreamResponse } from "@livekit/rtc-ffi-bindings"
import type { StreamSendTextCallback, StreamSendTextResponse } from "@livekit/rtc-ffi-bindings"
import { AudioSource, LocalAudioTrack, type LocalParticipant, type RemoteTrack } from "@livekit/rtc-node"
import { bindings } from "./Bindings.ts"
import * as KeyedFfiClient from "./KeyedFfiClient.ts"
import { copyOf, type MediaSdk, type ReadOptions, type TextOptions, type VoiceOutlet } from "./MediaSdk.ts"

type Client = KeyedFfiClient.KeyedFfiClient

const takeFrame = (client: Client, { message }: AudioStreamEvent): Int16Array | undefined => {
  if (message.case !== "frameReceived") return undefined
  const info = message.value.frame?.info
  const handle = message.value.frame?.handle?.id
  if (info?.dataPtr === undefined || handle === undefined) return undefined
  const bytes = client.copyBuffer(info.dataPtr, (info.numChannels ?? 1) * (info.samplesPerChannel ?? 0) * 2)
  new bindings.FfiHandle(handle).dispose()
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)
}

const openStream = (client: Client, track: RemoteTrack, { frameMillis, sampleRate }: ReadOptions) => {
  try {
    const { stream } = client.request<NewAudioStreamResponse>({
      message: {
        case: "newAudioStream",
        value: new bindings.NewAudioStreamRequest({
          type: bindings.AudioStreamType.AUDIO_STREAM_NATIVE,
          trackHandle: track.ffi_handle.handle,
          sampleRate,
          numChannels: 1,
          frameSizeMs: frameMillis,
        }),
      },
    })
    return stream?.handle?.id
  } catch {
    return undefined
  }
}

const read = (client: Client, track: RemoteTrack, options: ReadOptions) => {
  const id = openStream(client, track, options)
  if (id === undefined) return undefined
  const handle = new bindings.FfiHandle(id)
  let open = true
  const close = () => {
    if (!open) return
    open = false
    client.dropStream(id)
    handle.dispose()
  }
  client.takeStream(id, (event) => {
    if (event.message.case === "eos") return close()
    const samples = takeFrame(client, event)
    if (samples !== undefined && open) options.onFrame(samples)
  })
  return close
}

const openVoice = (client: Client, sampleRate: number): VoiceOutlet => {
  const source = new AudioSource(sampleRate, 1, 0)
  const track = LocalAudioTrack.createAudioTrack("voice", source)
  let open = true
  const submit = (samples: Int16Array<ArrayBuffer>) => {
    const { asyncId } = client.request<CaptureAudioFrameResponse>({
      message: {
        case: "captureAudioFrame",
        value: new bindings.CaptureAudioFrameRequest({
          sourceHandle: source.ffiHandle.handle,
          buffer: new bindings.AudioFrameBufferInfo({
            dataPtr: client.retrievePtr(new Uint8Array(samples.buffer)),
            sampleRate,
            numChannels: 1,
            samplesPerChannel: samples.length,
          }),
        }),
      },
    })
    // The samples live until the native side has said that it is done with them.
    if (asyncId !== undefined) client.takeReply(asyncId, () => void samples)
  }
  return {
    track,
    capture: (samples) => {
      if (!open) return
      try {
        submit(copyOf(samples))
      } catch {
        // The room went first. It is about to say so itself.
      }
    },
    close: () => {
      if (!open) return
      open = false
      void track.close()
    },
  }
}

const sendText = async (client: Client, participant: LocalParticipant, text: string, options: TextOptions) => {
  const { asyncId } = client.request<StreamSendTextResponse>({
    message: {
      case: "sendText",
      value: new bindings.StreamSendTextRequest({
        localParticipantHandle: participant.ffi_handle.handle,
        options: new bindings.StreamTextOptions({ ...options, compress: false }),
        text,
      }),
    },
  })
  const { promise, reject, resolve } = Promise.withResolvers<StreamSendTextCallback["result"]>()
  if (asyncId === undefined) throw new Error("the text was not taken")
  client.takeReply(asyncId, ({ message }) =>
    message.case === "sendText" ? resolve(message.value.result) : reject(new Error("another reply")),
  )
  const result = await promise
  if (result.case === "error") throw new Error(result.value.description ?? "the text was not sent")
}

/** By the keyed client; installs it. */
export const make = (): MediaSdk => {
  const client = KeyedFfiClient.installed()
  return {
    read: (track, options) => read(client, track, options),
    openVoice: (sampleRate) => openVoice(client, sampleRate),
    sendText: (participant, text, options) => sendText(client, participant, text, options),
    forget: (room) => void client.off("ffi_event", room["onFfiEvent"]),
    held: () => Object.values(client.held()).reduce<number>((total, count) => total + count, 0),
  }
}
