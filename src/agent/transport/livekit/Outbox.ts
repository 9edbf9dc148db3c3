import { Effect, Schema, type Scope } from "effect"
import { type AssistantState, ConversationEvent } from "../../../domain/media/ConversationEvent.ts"
import {
  eventTopic,
  finalAttribute,
  segmentIdAttribute,
  stateAttribute,
  trackIdAttribute,
  transcriptionTopic,
} from "../../../domain/media/LiveKitProtocol.ts"
import * as EventLog from "../EventLog.ts"
import * as Signal from "../Signal.ts"
import type { MediaSdk } from "./ffi/MediaSdk.ts"
import type { Hearing } from "./Hearing.ts"
import { microphoneOf } from "./Participants.ts"
import { participantOf, type RoomLine } from "./RoomLine.ts"
import * as Transcripts from "./Transcripts.ts"

const encode = Schema.encodeSync(Schema.parseJson(ConversationEvent))

/** What the room is told. All of it returns at once; one thing is sent after another, each at its newest. */
export interface Outbox {
  readonly tell: (event: ConversationEvent) => void
  /** One participant gets once more what happened lately. */
  readonly replay: (identity: string) => void
  readonly state: () => AssistantState
  /** Returns once all was sent or given up. */
  readonly flushed: Effect.Effect<void>
  /** To be called when the connection comes and goes. */
  readonly check: () => void
}

const makeEvents = (line: RoomLine) => {
  const log = EventLog.make(line.policy.eventsMax)
  const replays = new Set<string>()
  let batch: ReadonlyArray<readonly [event: ConversationEvent, to: ReadonlyArray<string>]> = []

  const refill = () => {
    const [identity] = replays
    if (identity !== undefined) {
      replays.delete(identity)
      batch = log.all().map((event) => [event, [identity]] as const)
    } else {
      batch = log.untaken().map((event) => [event, []] as const)
      log.taken()
    }
  }

  return {
    add: log.add,
    replay: (identity: string) => {
      if (replays.size < line.policy.transcriptsMax) replays.add(identity)
    },
    isEmpty: () => batch.length === 0 && replays.size === 0 && log.untaken().length === 0,
    next: () => {
      while (batch.length === 0 && (replays.size > 0 || log.untaken().length > 0)) refill()
      const [first, ...rest] = batch
      batch = rest
      return first
    },
  }
}

const sendEvent = async (
  line: RoomLine,
  event: ConversationEvent,
  destination_identities: ReadonlyArray<string>,
): Promise<void> => {
  const participant = participantOf(line)
  const text = encode(event)
  const bytes = new TextEncoder().encode(text)
  const to = [...destination_identities]
  if (bytes.length <= line.policy.eventBytesMax) {
    await participant?.publishData(bytes, { reliable: true, topic: eventTopic, destination_identities: to })
  } else {
    await participant?.sendText(text, { topic: eventTopic, destinationIdentities: to })
  }
}

const sendTranscript = async (
  line: RoomLine,
  sdk: MediaSdk,
  hearing: Hearing,
  { by, final, segmentId, text }: Transcripts.Transcript,
): Promise<void> => {
  const participant = participantOf(line)
  if (participant === undefined) return
  const { personIdentity } = line.request
  const speaker = by?.speaker === undefined ? personIdentity : (hearing.identityOf(by.speaker) ?? personIdentity)
  const senderIdentity = by === undefined ? participant.identity : speaker
  const sender = by === undefined ? participant : line.room.remoteParticipants.get(speaker)
  const trackId = sender === undefined ? undefined : microphoneOf(sender)
  await sdk.sendText(participant, text, {
    topic: transcriptionTopic,
    senderIdentity,
    attributes: {
      [segmentIdAttribute]: segmentId,
      [finalAttribute]: String(final),
      ...(trackId === undefined ? {} : { [trackIdAttribute]: trackId }),
    },
  })
}

/** The pages' own events, the transcripts and the state go side by side: a slow one holds up no other. */
export const make = Effect.fnUntraced(function* (
  line: RoomLine,
  sdk: MediaSdk,
  hearing: Hearing,
): Effect.fn.Return<Outbox, never, Scope.Scope> {
  const signal = Signal.make()
  const events = makeEvents(line)
  const transcripts = Transcripts.make(line.policy.transcriptsMax)
  let state: AssistantState | undefined
  let shown: string | undefined
  let sending = 0

  const isEmpty = () => events.isEmpty() && transcripts.isEmpty() && (state ?? "initializing") === shown

  /** What does not get through in time is given up: newer things replace it, and a page asks again when it comes back. */
  const lane = <A>(next: () => A | undefined, send: (thing: A) => Promise<void>) =>
    Effect.gen(function* () {
      let thing: A | undefined
      yield* signal.until(() => {
        thing = line.linked ? next() : undefined
        if (thing !== undefined) sending += 1
        return thing !== undefined
      })
      const found = thing
      yield* Effect.tryPromise(async () => found !== undefined && (await send(found))).pipe(
        Effect.timeout(line.policy.sendWithin),
        Effect.catchAll((error) => Effect.logDebug("not told to the room", error)),
        Effect.ensuring(Effect.sync(() => (sending -= 1))),
      )
      signal.notify()
    }).pipe(Effect.forever, Effect.interruptible, Effect.forkScoped)

  yield* lane(events.next, ([event, to]) => sendEvent(line, event, to))
  yield* lane(transcripts.next, (transcript) => sendTranscript(line, sdk, hearing, transcript))
  yield* lane(
    () => {
      const wanted = state ?? "initializing"
      return wanted === shown ? undefined : wanted
    },
    async (wanted) => {
      shown = wanted
      await participantOf(line)?.setAttributes({ [stateAttribute]: wanted })
    },
  )

  return {
    tell: (event) => {
      events.add(event)
      transcripts.add(event)
      if (event._tag === "StateChanged") state = event.state
      signal.notify()
    },
    replay: (identity) => {
      events.replay(identity)
      signal.notify()
    },
    state: () => state ?? "listening",
    flushed: signal.until(() => !line.linked || (sending === 0 && isEmpty())),
    check: signal.notify,
  }
})
