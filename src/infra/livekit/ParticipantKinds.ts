import type { ParticipantInfo } from "@livekit/protocol"
import type { ParticipantKind } from "../../domain/media/MediaServer.ts"
import type { LiveKitSdk } from "./LiveKitSdk.ts"

export const kindOf = ({ protocol }: LiveKitSdk, { kind }: ParticipantInfo): ParticipantKind => {
  if (kind === protocol.ParticipantInfo_Kind.STANDARD) return "person"
  return kind === protocol.ParticipantInfo_Kind.AGENT ? "agent" : "other"
}
