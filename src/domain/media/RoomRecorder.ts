import { Context, type Effect } from "effect"
import type { MediaServerError } from "./MediaServer.ts"

/** `audio`: one file with the assistants on one channel and everybody else on the other. `video`: the room as one sees it. */
export type RecordedMedia = "audio" | "video"

export interface RecordRoomRequest {
  readonly room: string
  readonly media: RecordedMedia
  /** Where the recording goes in its container, without the ending: a path of letters, digits, `-`, `_`, `.` and `/`. */
  readonly key: string
}

export interface RoomRecording {
  readonly id: string
  readonly room: string
}

/** Has the media plane record whole rooms, beside whatever a conversation records of itself. Recordings end with their room. */
export class RoomRecorder extends Context.Tag("parley/domain/media/RoomRecorder")<
  RoomRecorder,
  {
    /** Of a room that is being recorded already, that recording is the answer, and the request is not looked at any further. */
    readonly start: (request: RecordRoomRequest) => Effect.Effect<RoomRecording, MediaServerError>
    /** Ends all recordings of the room. The files are there some time later. A room that is not recorded has none. */
    readonly stop: (room: string) => Effect.Effect<void, MediaServerError>
  }
>() {}
