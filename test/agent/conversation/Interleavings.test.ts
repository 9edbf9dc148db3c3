import { describe, expect, it } from "@effect/vitest"
import { Clock, Config, Duration, Effect, Exit, Option } from "effect"
import fc from "fast-check"
import { defaults, type Settings } from "../../../src/agent/conversation/ConversationSettings.ts"
import type { LeaveReason } from "../../../src/domain/conversation/Conversation.ts"
import { Message, MessageId } from "../../../src/domain/conversation/Message.ts"
import type { Hook } from "../../../src/domain/hook/LifecycleHooks.ts"
import { HookError } from "../../../src/domain/hook/LifecycleHooks.ts"
import type { Tool } from "../../../src/domain/llm/Tool.ts"
import {
  hearsScript,
  type Interleaving,
  interleaving,
  perform,
  type Spans,
  thinksScript,
} from "../../support/Interleaving.ts"
import { checkAll } from "../../support/Invariants.ts"
import { context, type Outcome, type Person, start, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const { runs, seed } = Effect.runSync(
  Config.all({
    runs: Config.integer("PARLEY_PROPERTY_RUNS").pipe(Config.withDefault(2_000)),
    /** Of a run that failed; it is printed then. */
    seed: Config.option(Config.integer("PARLEY_PROPERTY_SEED")),
  }),
)

/** More than everything that may still be under way takes, each within its own deadline. */
const staysMillis = 120_000

/** Values of words start above the loudest sample of the tone. */
const firstValue = 6_000
const settingsOf = (plan: Interleaving): Settings => ({
  ...defaults,
  greeting: "",
  absence: { askMillis: 9_000, endMillis: 6_000 },
  hooksDrainMillisMax: 300_000,
  deadAir: { fillerMillis: plan.fillerMillis, silenceMillisMax: 4_000, giveUpMillis: 8_000 },
  hearing: { ...defaults.hearing, finalMillisMax: 1_500 },
  speaking: { firstAudioMillisMax: 1_000, betweenChunksMillisMax: 800 },
})

const toolOf = (plan: Interleaving): Tool => ({
  name: "look",
  description: "looks",
  parameters: {},
  filler: "Let me look.",
  run: () => Effect.as(Effect.sleep(plan.toolMillis), "seen"),
})

const hookOf = (plan: Interleaving): Hook => {
  const work = Effect.sleep(plan.hookMillis).pipe(
    Effect.zipRight(
      plan.hookFails ? Effect.fail(new HookError({ hook: "other", event: "any", detail: "broken" })) : Effect.void,
    ),
  )
  return {
    name: "other",
    timeout: Duration.seconds(2),
    onFailure: "ignore",
    onRoomJoined: () => work,
    onMessageReceived: () => work,
    onConversationTurn: () => work,
  }
}

export interface Played {
  readonly outcome: Outcome
  readonly words: ReadonlyMap<number, string>
  readonly spans: Spans
}

/** Before the talk; the first is a question that nobody had answered when there is no second. */
const said = ["Count.", "One two three."].map(
  (content, index) =>
    new Message({
      id: MessageId.make(`00000000-0000-4000-8000-30000000000${index}`),
      conversationId: context.conversation.id,
      role: index === 0 ? "user" : "assistant",
      content,
      timestamp: start,
      metadata: {},
    }),
)

const play = (plan: Interleaving): Played => {
  const words = new Map<number, string>()
  const spans: Spans = { spoken: [], away: [], typed: [], someNamed: false, endedFor: undefined }
  let texts = 0
  const endFor = (person: Person, reason: LeaveReason) =>
    Effect.zipRight(
      Effect.clockWith((clock) =>
        Effect.sync(() => void (spans.endedFor = { reason, at: clock.unsafeCurrentTimeMillis() })),
      ),
      person.endFor(reason),
    )
  let judged = 0
  const outcome = getVirtual(
    Effect.flatMap(Clock.clockWith(Effect.succeed), (clock) =>
      talk(
        {
          settings: settingsOf(plan),
          ...(plan.before === undefined ? {} : { before: said.slice(0, plan.before) }),
          windowSamples: 960,
          frameMillis: 60,
          hears: hearsScript(plan.hears),
          thinks: thinksScript(plan.thinks),
          tools: [toolOf(plan)],
          hooks: [hookOf(plan)],
          finished: () => plan.finished[judged++ % plan.finished.length] ?? 0,
          voice: {
            makeMillis: plan.makeMillis,
            sampleOf: (word) => {
              const value = firstValue + words.size + 1
              words.set(value, word)
              return value
            },
            trouble: () => plan.voiceTrouble[texts++ % plan.voiceTrouble.length],
          },
        },
        (person) =>
          perform(plan.acts, person, () => clock.unsafeCurrentTimeMillis(), spans).pipe(
            Effect.zipRight(plan.endsFor === undefined ? Effect.void : endFor(person, plan.endsFor)),
            Effect.zipRight(Effect.sleep(plan.stays || plan.endsFor !== undefined ? staysMillis : 0)),
          ),
      ).pipe(Effect.timeout("20 minutes")),
    ),
  )
  return { outcome, words, spans }
}

describe("any interleaving of speech, failures and interruptions", () => {
  it(`keeps every promise, in ${runs} random talks`, { timeout: 600_000 }, () =>
    fc.assert(
      fc.asyncProperty(interleaving, async (plan) => {
        // The test runner wants to hear from its worker now and then.
        await new Promise(setImmediate)
        const played = play(plan)
        expect(Exit.isSuccess(played.outcome.reason)).toBe(true)
        // Whatever happened, it comes to rest: nobody waits for an answer that stays out.
        const left = Exit.getOrElse(played.outcome.reason, () => "failed")
        if (plan.endsFor !== undefined) expect([plan.endsFor, "silence"]).toContain(left)
        else if (plan.stays) expect(left).toBe("silence")
        checkAll(played, settingsOf(plan))
      }),
      { numRuns: runs, ...Option.match(seed, { onNone: () => ({}), onSome: (seed) => ({ seed }) }) },
    ),
  )
})
