import { Data } from "effect"

/** The embedded LiveKit server is not there; the message says what to do, or what the server said last. */
export class LiveKitNotStarted extends Data.TaggedError("LiveKitNotStarted")<{ readonly detail: string }> {
  override get message(): string {
    return `embedded LiveKit server: ${this.detail}`
  }
}
