import type { WebhookEvent } from "livekit-server-sdk"
import { DateTime, Effect } from "effect"
import { MediaEvent } from "../../domain/media/MediaEvent.ts"
import { WebhookRefused } from "../../domain/media/MediaWebhook.ts"
import type { LiveKitSdk } from "./LiveKitSdk.ts"
import { kindOf } from "./ParticipantKinds.ts"

/** The message in a body that was signed. Fields of newer servers are passed over. */
export const decode = ({ server }: LiveKitSdk, body: string): Effect.Effect<WebhookEvent, WebhookRefused> =>
  Effect.try({
    try: () => server.WebhookEvent.fromJson(JSON.parse(body), { ignoreUnknownFields: true }),
    catch: () => new WebhookRefused({ detail: "its body is not an event of LiveKit's" }),
  })

/** When it happened, to the second. */
export const timeOf = (event: WebhookEvent): DateTime.Utc => DateTime.unsafeMake(Number(event.createdAt) * 1_000)

const roomOf = ({ egressInfo, ingressInfo, room }: WebhookEvent): string =>
  room?.name ?? egressInfo?.roomName ?? ingressInfo?.roomName ?? ""

export const toMediaEvent = (sdk: LiveKitSdk, event: WebhookEvent): MediaEvent => {
  const at = timeOf(event)
  const room = roomOf(event)
  const { participant } = event
  if (event.event === "room_started") return MediaEvent.RoomStarted({ room, at })
  if (event.event === "room_finished") return MediaEvent.RoomFinished({ room, at })
  if (participant !== undefined && event.event === "participant_joined") {
    return MediaEvent.ParticipantJoined({ room, identity: participant.identity, kind: kindOf(sdk, participant), at })
  }
  if (participant !== undefined && event.event === "participant_left") {
    return MediaEvent.ParticipantLeft({ room, identity: participant.identity, kind: kindOf(sdk, participant), at })
  }
  return MediaEvent.Other({ room, name: event.event, at })
}
