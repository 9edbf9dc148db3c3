import { Array as Arr, DateTime, Duration, Effect, Option } from "effect"
import { ConversationRepository, type OpenConversation } from "../domain/conversation/ConversationRepository.ts"
import { MediaServer } from "../domain/media/MediaServer.ts"
import { DispatchQueue } from "../domain/store/DispatchQueue.ts"
import * as ConversationEnd from "./ConversationEnd.ts"
import { jobFor } from "./TalkJob.ts"

/** For so long nobody has a conversation, neither a worker nor a person, before it is ended. */
export const abandonedAfter = Duration.minutes(2)
/** What is younger may still be on its way into the queue, or into its room. */
export const settledAfter = Duration.minutes(1)

const pageSize = 500
/** The oldest are looked at first; those that are more wait for a round in which these have ended. */
const openMax = 10_000
const concurrency = 8

/** Since when, in epoch milliseconds, a conversation is seen without a worker and without a person. */
type Abandoned = ReadonlyMap<string, number>

const readOpen = Effect.gen(function* () {
  const conversations = yield* ConversationRepository
  const startedBefore = DateTime.subtractDuration(yield* DateTime.now, settledAfter)
  const open: Array<OpenConversation> = []
  let cursor = Option.none<string>()
  do {
    const page = yield* conversations.listOpen({ startedBefore, limit: pageSize, cursor })
    open.push(...page.items)
    cursor = page.next
  } while (Option.isSome(cursor) && open.length < openMax)
  if (Option.isSome(cursor)) yield* Effect.logWarning(`more than ${openMax} conversations are open; the rest waits`)
  return open
})

/**
 * Looks after conversations that are open in the store and that no worker has, nor is asked to: one with a person in its room waits for a
 * worker again, one without is ended once it has been so for long enough. Takes the names of the media server's rooms, answers
 * those of the open conversations.
 */
export const make = Effect.gen(function* () {
  const media = yield* MediaServer
  const queue = yield* DispatchQueue
  const conversations = yield* ConversationRepository
  const end = yield* ConversationEnd.make
  const inStore = Effect.provideService(readOpen, ConversationRepository, conversations)
  let abandoned: Abandoned = new Map()

  const personIn = (room: string) =>
    Effect.map(media.participants(room), (all) => Option.fromNullable(all.find(({ kind }) => kind === "person")))

  const enqueue = ({ conversation, room }: OpenConversation, personName: string) =>
    jobFor(conversation, room, personName).pipe(
      Effect.flatMap(queue.enqueue),
      Effect.zipRight(Effect.logInfo("a person was without an assistant; the conversation waits for one again")),
      // They stay in their room, and the next round asks again.
      Effect.catchTag("QueueFull", () => Effect.logWarning("a person is without an assistant, and the queue is full")),
    )

  /** As `endLeftOpen` does: at the newest message, since nobody knows how long it went on. */
  const endAbandoned = Effect.fnUntraced(function* ({ conversation }: OpenConversation) {
    const [newest] = yield* conversations.messages(conversation.id, 1)
    const at = DateTime.max(conversation.startedAt, newest?.timestamp ?? conversation.startedAt)
    yield* end(conversation, { at, reason: "error" })
    yield* Effect.logWarning("a conversation that nobody had was ended")
  })

  /** Whether still nobody has it. `ago`: for how long that is so. */
  const tend = Effect.fnUntraced(function* (
    open: OpenConversation,
    rooms: ReadonlySet<string>,
    ago: Duration.Duration,
  ) {
    const isUnknown = Effect.map(queue.place(open.conversation.id), ({ _tag }) => _tag === "Unknown")
    if (!(yield* isUnknown)) return false
    const isDue = Duration.greaterThanOrEqualTo(ago, abandonedAfter)
    // Before its end the media server is asked about the room itself: the list of rooms is as old as this round.
    const person = rooms.has(open.room) || isDue ? yield* personIn(open.room) : Option.none()
    if (Option.isSome(person)) {
      yield* enqueue(open, person.value.name)
      return false
    }
    if (isDue && (yield* isUnknown)) yield* endAbandoned(open)
    return !isDue
  })

  return Effect.fn("OpenConversations.tend")(function* (rooms: ReadonlySet<string>) {
    const { epochMillis: now } = yield* DateTime.now
    const before = abandoned
    // Of a round that fails half-way nothing is known: what nobody had is counted from the beginning again.
    abandoned = new Map()
    const open = yield* inStore
    const after = yield* Effect.forEach(
      open,
      (one) => {
        const { id } = one.conversation
        const sinceMillis = before.get(id) ?? now
        return tend(one, rooms, Duration.millis(now - sinceMillis)).pipe(
          Effect.map((isAbandoned) => (isAbandoned ? Option.some([id, sinceMillis] as const) : Option.none())),
          // One that we break on does not keep us from the others.
          Effect.catchAllDefect((defect) =>
            Effect.as(Effect.logError("looking after it failed", defect), Option.none()),
          ),
          Effect.annotateLogs({ conversationId: id }),
        )
      },
      { concurrency },
    )
    abandoned = new Map(Arr.getSomes(after))
    return new Set(open.map(({ room }) => room))
  })
})
