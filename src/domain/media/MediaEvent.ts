import { Data, type DateTime } from "effect"
import type { ParticipantKind } from "./MediaServer.ts"

/** What the media server tells of its rooms by webhook, each event once. Events of one room may come out of order: `at` says when it happened. */
export type MediaEvent = Data.TaggedEnum<{
  RoomStarted: { readonly room: string; readonly at: DateTime.Utc }
  RoomFinished: { readonly room: string; readonly at: DateTime.Utc }
  ParticipantJoined: {
    readonly room: string
    readonly identity: string
    readonly kind: ParticipantKind
    readonly at: DateTime.Utc
  }
  ParticipantLeft: {
    readonly room: string
    readonly identity: string
    readonly kind: ParticipantKind
    readonly at: DateTime.Utc
  }
  /** Something that nothing here depends on, such as a track that was published. */
  Other: { readonly room: string; readonly name: string; readonly at: DateTime.Utc }
}>
export const MediaEvent = Data.taggedEnum<MediaEvent>()
