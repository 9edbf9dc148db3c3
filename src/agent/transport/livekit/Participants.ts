import { type Participant, ParticipantKind, type TrackPublication, TrackKind, TrackSource } from "@livekit/rtc-node"

/** Kinds that a person stands behind; agents, recorders and players are none. */
const kindsOfPeople: ReadonlySet<ParticipantKind> = new Set([
  ParticipantKind.STANDARD,
  ParticipantKind.SIP,
  ParticipantKind.CONNECTOR,
])

export const isPerson = (participant: Participant): boolean => kindsOfPeople.has(participant.kind)

export const isMicrophone = (publication: TrackPublication): boolean =>
  publication.kind === TrackKind.KIND_AUDIO && publication.source === TrackSource.SOURCE_MICROPHONE

/** The track that is a participant's voice; the newest, where they published more than one. */
export const microphoneOf = (participant: Participant): string | undefined =>
  [...participant.trackPublications.values()].findLast(isMicrophone)?.sid
