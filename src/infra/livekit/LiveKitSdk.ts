import type * as Protocol from "@livekit/protocol"
import type * as Server from "livekit-server-sdk"
import { Effect } from "effect"

/** LiveKit's server SDK, and the messages that it speaks in. */
export interface LiveKitSdk {
  readonly server: typeof Server
  readonly protocol: typeof Protocol
}

/** Loading it takes 25 to 40 ms and 19 MB, which a process without LiveKit should not pay: it is done when a layer is built. */
export const load: Effect.Effect<LiveKitSdk> = Effect.promise(async () => ({
  server: await import("livekit-server-sdk"),
  protocol: await import("@livekit/protocol"),
}))
