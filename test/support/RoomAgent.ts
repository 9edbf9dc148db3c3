import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
} from "@livekit/rtc-node"
import { Schema } from "effect"
import { ConversationEvent } from "../../src/domain/media/ConversationEvent.ts"
import * as Protocol from "../../src/domain/media/LiveKitProtocol.ts"

/**
 * A scripted assistant in a room: `bun test/support/RoomAgent.ts <url> <token>`, with LiveKit's own SDK and nothing of ours but the
 * protocol. It prints its address, does what it is told at `/mock/...`, and keeps what it saw.
 */
const [url = "", token = ""] = process.argv.slice(2)
const conversationId = "0b5c6f1e-3a0d-4f7b-9d52-000000007777"
const sampleRate = 48_000
const frameSamples = sampleRate / 50

const seen = {
  hellos: 0,
  interrupts: 0,
  leaves: 0,
  texts: new Array<{ id: string; text: string }>(),
  /** The loudest sample heard from the person since it was last forgotten. */
  audioPeak: 0,
  audioFrames: 0,
  /** Whether the person's track says of itself that it is muted. */
  muted: false,
}
const settings = { recorded: false, silent: false }
const lately = new Array<string>()

const room = new Room()
const source = new AudioSource(sampleRate, 1, 200)
const encodeEvent = Schema.encodeSync(Schema.parseJson(ConversationEvent))
const decodeEvent = Schema.decodeUnknownSync(ConversationEvent)

const publish = async (text: string) =>
  room.localParticipant?.publishData(new TextEncoder().encode(text), { reliable: true, topic: Protocol.eventTopic })

const send = async (event: unknown) => {
  const text = encodeEvent(decodeEvent(event))
  lately.push(text)
  await publish(text)
}

const tone = async (seconds: number) => {
  for (let at = 0; at < seconds * sampleRate; at += frameSamples) {
    const samples = Int16Array.from(
      { length: frameSamples },
      (_, i) => 8_192 * Math.sin((2 * Math.PI * 440 * (at + i)) / sampleRate),
    )
    await source.captureFrame(new AudioFrame(samples, sampleRate, 1, frameSamples))
  }
}

const hear = async (stream: AsyncIterable<AudioFrame>) => {
  for await (const frame of stream) {
    seen.audioFrames += 1
    for (const sample of frame.data) seen.audioPeak = Math.max(seen.audioPeak, Math.abs(sample))
  }
}

const answer = (method: string, reply: () => unknown) =>
  room.localParticipant?.registerRpcMethod(method, async () => {
    // As one that hangs.
    if (settings.silent) await new Promise(() => undefined)
    return JSON.stringify(reply() ?? {})
  })

const listen = () => {
  answer(Protocol.helloMethod, () => {
    seen.hellos += 1
    void Bun.sleep(20).then(() => Promise.all(lately.map(publish)))
    return { conversationId, state: "listening", resumeWithinMillis: 30_000, languageModel: "scripted rules" }
  })
  answer(Protocol.settingsMethod, () => ({ assistantName: "Parley", language: "en", recorded: settings.recorded }))
  answer(Protocol.interruptMethod, () => void (seen.interrupts += 1))
  answer(Protocol.leaveMethod, () => void (seen.leaves += 1))
  room.registerTextStreamHandler(Protocol.chatTopic, async (reader) => {
    const id = reader.info.attributes?.[Protocol.messageIdAttribute] ?? ""
    seen.texts.push({ id, text: await reader.readAll() })
  })
}

room.on(RoomEvent.TrackSubscribed, (track) => {
  void hear(new AudioStream(track, { sampleRate: 16_000, numChannels: 1 }) as unknown as AsyncIterable<AudioFrame>)
})
room.on(RoomEvent.TrackMuted, () => (seen.muted = true))
room.on(RoomEvent.TrackUnmuted, () => (seen.muted = false))

await room.connect(url, token, { autoSubscribe: true, dynacast: false })
listen()
const options = new TrackPublishOptions()
options.source = TrackSource.SOURCE_MICROPHONE
await room.localParticipant?.publishTrack(LocalAudioTrack.createAudioTrack("voice", source), options)

const commands: Record<string, (body: Record<string, unknown>) => unknown> = {
  send,
  tone: ({ seconds }) => tone(Number(seconds)),
  set: (body) => Object.assign(settings, body),
  forget: () => Object.assign(seen, { audioPeak: 0, audioFrames: 0 }),
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: {
    "/mock/seen": () => Response.json(seen),
    "/mock/:command": {
      POST: async (request) => {
        const body = (await request.json()) as Record<string, unknown>
        const done = commands[request.params.command]?.(body)
        // A tone takes its time.
        if (request.params.command !== "tone") await done
        return new Response(null, { status: 204 })
      },
    },
  },
})
console.log(server.url.href)
