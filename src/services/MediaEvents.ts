import { Context, type Effect } from "effect"
import type { MediaEvent } from "../domain/media/MediaEvent.ts"

/** Acts on what the media server tells of our rooms. */
export class MediaEvents extends Context.Tag("parley/services/MediaEvents")<
  MediaEvents,
  {
    /** Returns at once; what the event calls for is done beside. Events of rooms that are not ours are nothing to us. */
    readonly received: (event: MediaEvent) => Effect.Effect<void>
  }
>() {}
