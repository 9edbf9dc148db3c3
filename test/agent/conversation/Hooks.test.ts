import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Exit } from "effect"
import { type Hook, HookError } from "../../../src/domain/hook/LifecycleHooks.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, linesOf, soundsOf } from "../../support/Listener.ts"
import { type Outcome, type Person, type Scene, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const scene = (): Scene => ({
  hears: Script.list([heard("First question."), heard("Second question.")]),
  thinks: Script.list([says("First answer."), says("Second answer.")]),
})
const askTwice = (person: Person) =>
  Effect.all([
    Effect.sleep("1 second"),
    person.speak(800),
    Effect.sleep("3 seconds"),
    person.speak(800),
    Effect.sleep("3 seconds"),
  ])
const held = (hooks: ReadonlyArray<Hook>): Outcome =>
  getVirtual(talk({ ...scene(), hooks, settings: { greeting: "Hello.", hooksDrainMillisMax: 1_200_000 } }, askTwice))

/** A hook that does the same at every event. */
const always = (
  work: (event: string) => Effect.Effect<void, HookError>,
  options: Partial<Pick<Hook, "name" | "timeout" | "onFailure" | "storesMessages">> = {},
): Hook => ({
  name: "other",
  timeout: Duration.seconds(60),
  onFailure: "ignore",
  ...options,
  onRoomJoined: () => work("onRoomJoined"),
  onParticipantConnected: () => work("onParticipantConnected"),
  onMessageReceived: () => work("onMessageReceived"),
  onConversationTurn: () => work("onConversationTurn"),
  onRoomLeft: () => work("onRoomLeft"),
})
const broken = (event: string) => new HookError({ hook: "other", event, detail: "broken" })
const idsIn = (outcome: Outcome, tag: "MessageStored" | "MessageNotStored") =>
  eventsOf(outcome, tag).map(({ messageId }) => messageId)

const inOrder = [
  "onRoomJoined",
  "onParticipantConnected",
  "onMessageReceived",
  "onConversationTurn",
  "onMessageReceived",
  "onMessageReceived",
  "onConversationTurn",
  "onMessageReceived",
  "onMessageReceived",
  "onConversationTurn",
]

describe("lifecycle hooks", () => {
  it("are called in order, and once", () => {
    const outcome = held([])
    expect(outcome.hookCalls).toEqual([...inOrder, "onRoomLeft left"])
    expect(linesOf(outcome).map(([, text]) => text)).toEqual([
      "Hello.",
      "First question.",
      "First answer.",
      "Second question.",
      "Second answer.",
    ])
  })

  it("of one event run in the order of their registration, never two at a time", () => {
    const calls: Array<string> = []
    const named = (name: string) =>
      always(
        (event) =>
          Effect.sync(() => void calls.push(`${name} begins ${event}`)).pipe(
            Effect.zipRight(Effect.sleep(700)),
            Effect.zipRight(Effect.sync(() => void calls.push(`${name} ends ${event}`))),
          ),
        { name },
      )
    held([named("a"), named("b")])
    expect(calls).toEqual(
      [...inOrder, "onRoomLeft"].flatMap((event) => [
        `a begins ${event}`,
        `a ends ${event}`,
        `b begins ${event}`,
        `b ends ${event}`,
      ]),
    )
  })

  it.each<{ readonly what: string; readonly work: (event: string) => Effect.Effect<void, HookError> }>([
    { what: "takes 30 s", work: () => Effect.sleep("30 seconds") },
    { what: "never ends", work: () => Effect.never },
    { what: "fails", work: broken },
    { what: "dies", work: () => Effect.die(new Error("bug")) },
    {
      what: "throws before it begins",
      work: () => {
        throw new Error("bug")
      },
    },
  ])("that $what delays no sound and no answer", ({ work }) => {
    const plain = held([])
    const outcome = held([always(work)])
    expect(soundsOf(outcome.person)).toEqual(soundsOf(plain.person))
    expect(outcome.turns.map(({ timings }) => timings)).toEqual(plain.turns.map(({ timings }) => timings))
    expect(outcome.hookCalls).toEqual(plain.hookCalls)
    expect(outcome.reason).toEqual(Exit.succeed("left"))
    expect(outcome.fibersLeft).toBe(0)
  })

  it("with `abort` end the talk when they fail", () => {
    const strict: Hook = {
      name: "strict",
      timeout: Duration.seconds(1),
      onFailure: "abort",
      onMessageReceived: (_, { content }) => (content === "First question." ? broken("message") : Effect.void),
    }
    const outcome = held([strict])
    expect(outcome.reason).toEqual(Exit.succeed("hook"))
    expect(eventsOf(outcome, "Ended").map(({ reason }) => reason)).toEqual(["hook"])
    expect(outcome.hookCalls.at(-1)).toBe("onRoomLeft hook")
    expect(linesOf(outcome).map(([, text]) => text)).not.toContain("First answer.")
  })
})

describe("a message", () => {
  it("is called stored when its hook is done, and not before", () => {
    const outcome = held([always(() => Effect.sleep("2 seconds"), { storesMessages: true })])
    const stored = eventsOf(outcome, "MessageStored")
    expect(stored.map(({ messageId }) => messageId)).toEqual(outcome.messages.map(({ id }) => id))
    // Joining and connecting each take the hook 2 s before it comes to the first message.
    expect(stored[0]?.at).toBeGreaterThanOrEqual(6_000)
    expect(idsIn(outcome, "MessageNotStored")).toEqual([])
  })

  it("is called not stored when its hook failed or was too slow", () => {
    const slow = always(() => Effect.never, { storesMessages: true, timeout: Duration.seconds(2) })
    for (const hook of [slow, always(broken, { storesMessages: true })]) {
      const outcome = held([hook])
      expect(idsIn(outcome, "MessageStored")).toEqual([])
      expect(idsIn(outcome, "MessageNotStored")).toEqual(outcome.messages.map(({ id }) => id))
    }
  })

  it("is stored whatever becomes of hooks that do not store it", () => {
    const outcome = held([always(broken)])
    expect(idsIn(outcome, "MessageStored")).toEqual(outcome.messages.map(({ id }) => id))
  })
})
