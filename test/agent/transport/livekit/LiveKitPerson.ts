import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  type LocalTrackPublication,
  ParticipantKind,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
} from "@livekit/rtc-node"
import { DateTime, Duration, Effect, Redacted, Schedule, Schema, type Scope } from "effect"
import { AccessToken, TrackSource as GrantedSource } from "livekit-server-sdk"
import { ConversationEvent } from "../../../../src/domain/media/ConversationEvent.ts"
import { eventTopic, transcriptionTopic } from "../../../../src/domain/media/LiveKitProtocol.ts"
import type { JoinGrant } from "../../../../src/domain/media/MediaServer.ts"
import type { LiveKitServer } from "../../../support/LiveKitServer.ts"

const tokenTtl = Duration.minutes(10)
const micRate = 48_000
const earRate = 24_000
const frameMillis = 10
const amplitude = 9_000
/** A sample is loud from here on: Opus never makes so much of silence. */
const loud = 1_500

const decodeEvent = Schema.decodeUnknownSync(Schema.parseJson(ConversationEvent))

/** What lets an identity into a room of a test's server. */
export const grantFor = (
  server: LiveKitServer,
  room: string,
  identity: string,
  options: { readonly name?: string; readonly kind?: "standard" | "agent" } = {},
): Effect.Effect<JoinGrant> =>
  Effect.promise(async () => {
    const token = new AccessToken(server.key, server.secret, {
      identity,
      name: options.name ?? identity,
      ttl: Duration.toSeconds(tokenTtl),
    })
    if (options.kind !== undefined) token.kind = options.kind
    token.addGrant({
      room,
      roomJoin: true,
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
      canUpdateOwnMetadata: true,
      canPublishSources: [GrantedSource.MICROPHONE],
    })
    return {
      url: new URL(server.url),
      token: Redacted.make(await token.toJwt()),
      room,
      identity,
      expiresAt: DateTime.unsafeMake("2100-01-01T00:00:00Z"),
    }
  })

export const tone = (hz: number, millis: number, sampleRate: number): Int16Array =>
  Int16Array.from({ length: (millis * sampleRate) / 1000 }, (_, index) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * index) / sampleRate)),
  )

export const isLoud = (samples: Int16Array): boolean => samples.some((sample) => Math.abs(sample) > loud)

/** The pitch of a tone, by the changes of its sign. */
export const hzOf = (samples: Int16Array, sampleRate: number): number => {
  let changes = 0
  for (let index = 1; index < samples.length; index++) {
    if ((samples[index] ?? 0) >= 0 !== (samples[index - 1] ?? 0) >= 0) changes += 1
  }
  return (changes * sampleRate) / (2 * samples.length)
}

/** Until something holds that callbacks make true. */
export const eventually = (holds: () => boolean, what: string): Effect.Effect<void> =>
  Effect.sync(holds).pipe(
    Effect.repeat({ until: (is) => is, schedule: Schedule.spaced("5 millis") }),
    Effect.timeoutFail({ duration: "10 seconds", onTimeout: () => new Error(`never: ${what}`) }),
    Effect.orDie,
  )

export interface HeardTranscript {
  readonly by: string
  readonly text: string
  readonly attributes: Readonly<Record<string, string>>
}

/** A person's side of a LiveKit room without a browser: by the SDK of Node, used plainly. */
export class LiveKitPerson {
  readonly room = new Room()
  readonly events: Array<ConversationEvent> = []
  readonly transcripts: Array<HeardTranscript> = []
  /** When each loud 10 ms of another's voice was heard. */
  readonly heardAt: Array<number> = []
  /** All that was heard of another, from the first sound on. */
  readonly heard: Array<Int16Array> = []
  /** The assistant's voice would be heard. */
  isListening = false
  #source: AudioSource | undefined
  #publication: LocalTrackPublication | undefined
  readonly #readers = new Set<ReadableStreamDefaultReader<AudioFrame>>()

  readonly identity: string

  constructor(identity: string) {
    this.identity = identity
  }

  /** Milliseconds of another's voice that were heard. */
  get playedMillis(): number {
    return this.heardAt.length * frameMillis
  }

  get self() {
    const participant = this.room.localParticipant
    if (participant === undefined) throw new Error(`${this.identity} is not in the room`)
    return participant
  }

  get agent() {
    return [...this.room.remoteParticipants.values()].find(({ kind }) => kind === ParticipantKind.AGENT)
  }

  async connect(grant: JoinGrant) {
    this.room
      .on(RoomEvent.TrackSubscribed, (track, _publication, participant) => {
        if (participant.kind === ParticipantKind.AGENT) void this.#listen(track)
      })
      .on(RoomEvent.DataReceived, (payload, _participant, _kind, topic) => {
        if (topic === eventTopic) this.#event(new TextDecoder().decode(payload))
      })
    // A stream that is cut when its sender leaves says nothing.
    const cut = () => undefined
    this.room.registerTextStreamHandler(eventTopic, (reader) => {
      void reader.readAll().then((text) => this.#event(text), cut)
    })
    this.room.registerTextStreamHandler(transcriptionTopic, (reader, { identity }) => {
      const attributes = reader.info.attributes ?? {}
      void reader.readAll().then((text) => this.transcripts.push({ by: identity, text, attributes }), cut)
    })
    await this.room.connect(grant.url.href, Redacted.value(grant.token), { autoSubscribe: true, dynacast: false })
  }

  #event(text: string) {
    this.events.push(decodeEvent(text))
  }

  async #listen(track: RemoteTrack) {
    const reader = new AudioStream(track, { sampleRate: earRate, numChannels: 1, frameSizeMs: frameMillis }).getReader()
    this.isListening = true
    this.#readers.add(reader)
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const sounds = isLoud(value.data)
      if (sounds) this.heardAt.push(performance.now())
      if (sounds || this.heard.length > 0) this.heard.push(value.data)
    }
  }

  async openMicrophone() {
    this.#source = new AudioSource(micRate, 1, 100)
    const track = LocalAudioTrack.createAudioTrack("mic", this.#source)
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE })
    this.#publication = await this.self.publishTrack(track, options)
    return this.#publication.sid ?? ""
  }

  async closeMicrophone() {
    await this.self.unpublishTrack(this.#publication?.sid ?? "")
    await this.#source?.close()
  }

  /** Takes about as long as it sounds. */
  async say(hz: number, millis: number) {
    const samples = tone(hz, millis, micRate)
    const size = (micRate * frameMillis) / 1000
    for (let at = 0; at < samples.length; at += size) {
      await this.#source?.captureFrame(new AudioFrame(samples.slice(at, at + size), micRate, 1, size))
    }
  }

  async call(method: string, payload = ""): Promise<string> {
    const destinationIdentity = this.agent?.identity ?? ""
    return this.self.performRpc({ destinationIdentity, method, payload })
  }

  async leave() {
    await this.room.disconnect()
    // The SDK leaves its listener behind where the server ended the room.
    globalThis._ffiClientInstance?.off("ffi_event", this.room["onFfiEvent"])
    await Promise.all([...this.#readers].map((reader) => reader.cancel()))
    // The SDK forgets only a room that was left by itself, not one that was closed.
    globalThis._ffiClientInstance?.off("ffi_event", this.room["onFfiEvent"])
  }
}

/** In the room, with a microphone unless `mute`; gone with the scope. */
export const joinPerson = (
  server: LiveKitServer,
  room: string,
  identity: string,
  options: { readonly name?: string; readonly mute?: boolean; readonly kind?: "standard" | "agent" } = {},
): Effect.Effect<LiveKitPerson, never, Scope.Scope> =>
  Effect.gen(function* () {
    const grant = yield* grantFor(server, room, identity, options)
    const person = yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const person = new LiveKitPerson(identity)
        await person.connect(grant)
        return person
      }),
      (person) => Effect.promise(() => person.leave()),
    )
    if (options.mute !== true) yield* Effect.promise(() => person.openMicrophone())
    return person
  })
