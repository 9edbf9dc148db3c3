import { type LocalTrackPublication, type Room, Track } from "livekit-client"
import type { Microphone } from "../../audio/Microphone.ts"

/**
 * The person's microphone in whichever room there is now. Publishing, muting and changing the device are promises of the
 * media server's client that follow one another; a room that is lost in between fails them, and the next room has it all again.
 */
export class RoomMicrophone {
  #room: Room | undefined
  #track: MediaStreamTrack | undefined
  #publication: LocalTrackPublication | undefined
  #muted = false
  #after: Promise<void> = Promise.resolve()

  /** From the joining on. */
  attach(room: Room): void {
    this.#room = room
    this.#publication = undefined
    this.#settle()
  }

  detach(): void {
    this.#room = undefined
    this.#publication = undefined
  }

  setMuted(muted: boolean): void {
    this.#muted = muted
    this.#settle()
  }

  /** Publishes this microphone in the place of the one before. One that has ended is silent, and stays for the next to replace. */
  carry({ track }: Microphone): void {
    this.#track = track
    this.#settle()
  }

  #settle(): void {
    this.#after = this.#after.then(() => this.#publish()).catch(() => undefined)
  }

  async #publish(): Promise<void> {
    const room = this.#room
    const track = this.#track
    if (room === undefined || track === undefined) return
    if (this.#publication === undefined) {
      this.#publication = await room.localParticipant.publishTrack(track, {
        source: Track.Source.Microphone,
        name: "microphone",
      })
    } else if (this.#publication.track?.mediaStreamTrack !== track) {
      await this.#publication.track?.replaceTrack(track, { userProvidedTrack: true })
    }
    await (this.#muted ? this.#publication.mute() : this.#publication.unmute())
    // Muting is the microphone's own, too: what the client left behind must not undo it.
    track.enabled = !this.#muted
  }
}
