import { type RemoteParticipant, RoomEvent } from "@livekit/rtc-node"
import { TransportInput } from "../../../domain/media/VoiceTransport.ts"
import type { Hearing } from "./Hearing.ts"
import { isMicrophone, isPerson } from "./Participants.ts"
import { offer, type RoomLine } from "./RoomLine.ts"

const arrive = (line: RoomLine, participant: RemoteParticipant) => {
  if (line.left || participant.identity !== line.request.personIdentity || participant.sid === undefined) return
  const known = line.personSid
  line.personSid = participant.sid
  if (known === participant.sid) return
  // Opened twice, the newer one is the person; should the older one's end come late, it no longer counts.
  if (known !== undefined) offer(line, TransportInput.Disconnected())
  offer(
    line,
    TransportInput.Connected({ identity: participant.identity, name: participant.name || line.request.personName }),
  )
  line.signal.notify()
}

/** They are away; not said when they left for good. */
export const depart = (line: RoomLine, sid: string | undefined) => {
  if (line.personSid === undefined || line.personSid !== sid) return
  line.personSid = undefined
  offer(line, TransportInput.Disconnected())
  line.signal.notify()
}

const peopleIn = (line: RoomLine) => [...line.room.remoteParticipants.values()].filter(isPerson)

export interface People {
  /** Takes in who is there, and that the person is not, when the connection came (back). Whoever is known is not taken in twice. */
  readonly meet: () => void
}

/** Follows who is in a room, and listens to the people among them. `came`: somebody did. */
export const make = (line: RoomLine, hearing: Hearing, came: () => void): People => {
  const meetOne = (participant: RemoteParticipant) => {
    if (!isPerson(participant)) return
    arrive(line, participant)
    came()
    if (peopleIn(line).length > 1) hearing.nameSpeakers()
    for (const publication of participant.trackPublications.values()) {
      if (isMicrophone(publication) && !publication.subscribed) publication.setSubscribed(true)
    }
  }

  line.room
    .on(RoomEvent.ParticipantConnected, meetOne)
    .on(RoomEvent.ParticipantDisconnected, (participant) => {
      hearing.close(participant.identity)
      // While the assistant's own connection is made anew everybody seems to go; who really went shows afterwards.
      if (line.linked) depart(line, participant.sid)
    })
    .on(RoomEvent.TrackPublished, (publication, participant) => {
      // The SDK gives none for a participant that it does not know yet.
      if (participant !== undefined && isPerson(participant) && isMicrophone(publication))
        publication.setSubscribed(true)
    })
    .on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
      if (isPerson(participant) && isMicrophone(publication)) hearing.open(track, publication.sid ?? "", participant)
    })
    .on(RoomEvent.TrackUnsubscribed, (_track, publication, participant) =>
      hearing.close(participant.identity, publication.sid),
    )
    .on(RoomEvent.TrackUnpublished, (publication, participant) => hearing.close(participant.identity, publication.sid))

  return {
    meet: () => {
      const there = line.room.remoteParticipants.get(line.request.personIdentity)
      if (there === undefined) depart(line, line.personSid)
      line.room.remoteParticipants.forEach(meetOne)
    },
  }
}
