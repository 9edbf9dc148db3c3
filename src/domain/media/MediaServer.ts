import { Context, type DateTime, type Effect, type Option, type Redacted, Schema } from "effect"

/** The media plane did not do what was asked. Whoever asked may try `unreachable` again. */
export class MediaServerError extends Schema.TaggedError<MediaServerError>()("MediaServerError", {
  operation: Schema.String,
  reason: Schema.Literal("unreachable", "refused", "failed"),
  detail: Schema.String,
}) {
  override get message(): string {
    return `media server, ${this.operation}: ${this.reason}: ${this.detail}`
  }
}

/** What lets one identity into one room, once: it says no more than that and lapses within 10 minutes. */
export interface JoinGrant {
  /** Where to connect, `ws:` or `wss:`. */
  readonly url: URL
  readonly token: Redacted.Redacted
  readonly room: string
  readonly identity: string
  readonly expiresAt: DateTime.Utc
}

export interface JoinRequest {
  readonly room: string
  /** Unique within the room: the media server lets the older one go when another joins under the same. */
  readonly identity: string
  readonly name: string
}

/** What lets a process of ours in among the agent workers whom the media server asks for assistants. Lapses within 10 minutes. */
export interface WorkerGrant {
  /** The media server, `ws:` or `wss:`; agent workers are below its path `/agent`. */
  readonly url: URL
  readonly token: Redacted.Redacted
}

/** `agent`: an assistant, ours or another's. `other`: recorders, telephone lines and what else a media server lets in. */
export type ParticipantKind = "person" | "agent" | "other"

export interface MediaParticipant {
  readonly identity: string
  readonly name: string
  readonly kind: ParticipantKind
  readonly joinedAt: DateTime.Utc
}

export interface MediaRoom {
  readonly name: string
  readonly createdAt: DateTime.Utc
  readonly participants: number
}

/** Someone asked the media server itself for an assistant in a room: by its API, by a token or by a telephone rule. */
export interface AgentDispatch {
  readonly id: string
  readonly room: string
  readonly agentName: string
  readonly metadata: string
  readonly createdAt: Option.Option<DateTime.Utc>
}

/** The server that rooms live on. Calls have a deadline and are not repeated; all of them may be. */
export class MediaServer extends Context.Tag("parley/domain/media/MediaServer")<
  MediaServer,
  {
    /** May publish a microphone, hear, and send data, in one room. */
    readonly personGrant: (request: JoinRequest) => Effect.Effect<JoinGrant>
    /** The assistant's: as a person's, shown as an agent, and may say how it is by its attributes. */
    readonly agentGrant: (request: JoinRequest) => Effect.Effect<JoinGrant>
    readonly workerGrant: Effect.Effect<WorkerGrant>
    readonly rooms: Effect.Effect<ReadonlyArray<MediaRoom>, MediaServerError>
    /** Empty for a room that is not there. */
    readonly participants: (room: string) => Effect.Effect<ReadonlyArray<MediaParticipant>, MediaServerError>
    /** Everybody is shown out. A room that is not there is closed already. */
    readonly closeRoom: (room: string) => Effect.Effect<void, MediaServerError>
    /** Whoever is not there is removed already. */
    readonly removeParticipant: (room: string, identity: string) => Effect.Effect<void, MediaServerError>
    /** Empty for a room that is not there. */
    readonly dispatches: (room: string) => Effect.Effect<ReadonlyArray<AgentDispatch>, MediaServerError>
  }
>() {}
