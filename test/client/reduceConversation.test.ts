import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { ServerMessage } from "../../src/domain/media/VoiceProtocol.ts"
import { type ConversationState, initialState } from "../../src/client/conversation/ConversationState.ts"
import type { ConversationAction } from "../../src/client/conversation/ConversationAction.ts"
import { reduceConversation } from "../../src/client/conversation/reduceConversation.ts"
import { makeStore } from "../../src/client/conversation/Store.ts"
import { canInterrupt, moodOf, stateWords } from "../../src/client/talk/StateWords.ts"
import { mockId } from "../support/MockHistory.ts"

const decode = Schema.decodeUnknownSync(ServerMessage)
const got = (message: unknown): ConversationAction => ({ _tag: "Received", message: decode(message), at: 1 })
const welcome = got({
  _tag: "Welcome",
  protocol: 1,
  conversationId: mockId(1),
  outputSampleRate: 24_000,
  resumeWithinMillis: 30_000,
  resumed: false,
  languageModel: "rules",
})
const started: ConversationAction = { _tag: "Started", step: "microphone" }
const microphoneOn: ConversationAction = { _tag: "MicrophoneChanged", microphone: { _tag: "On" } }
const lost: ConversationAction = { _tag: "Lost", attempt: 1, nextTryAt: 10, giveUpAt: 20 }
const speaking = got({ _tag: "StateChanged", state: "speaking" })

const after = (...actions: ReadonlyArray<ConversationAction>): ConversationState =>
  actions.reduce(reduceConversation, initialState)

describe("reduceConversation", () => {
  it("says in words where it stands, from the start to listening", () => {
    expect(stateWords(after())).toBe("Ready when you are")
    expect(stateWords(after(started))).toBe("Waiting for your microphone")
    expect(stateWords(after(started, { _tag: "Reaching" }))).toBe("Connecting")
    expect(stateWords(after(started, microphoneOn, welcome))).toBe("Listening")
    expect(stateWords(after(started, microphoneOn, welcome, speaking))).toBe("Speaking")
    expect(stateWords(after(started, microphoneOn, welcome, { _tag: "Muted", muted: true }))).toBe("Muted")
    expect(stateWords(after(started, welcome))).toBe("Waiting for what you type")
  })

  it("is still whenever nobody could answer", () => {
    expect(moodOf(after(started, microphoneOn, welcome, speaking))).toBe("speaking")
    expect(moodOf(after(started, microphoneOn, welcome, speaking, lost))).toBe("still")
    expect(canInterrupt(after(started, microphoneOn, welcome, speaking, lost))).toBe(false)
  })

  it("keeps the words and the microphone over a lost connection", () => {
    const words = got({ _tag: "UserTranscript", messageId: mockId(2), text: "One", final: true, source: "speech" })
    const state = after(started, microphoneOn, welcome, words, lost, welcome)
    expect(state.phase).toEqual({ _tag: "Live" })
    expect(state.microphone._tag).toBe("On")
    expect(state.entries).toHaveLength(1)
  })

  it("ends with what the server says, and stays ended", () => {
    const ended = after(started, microphoneOn, welcome, got({ _tag: "Ended", reason: "silence" }))
    expect(ended.phase).toEqual({ _tag: "Ended", reason: "silence" })
    expect(ended.microphone._tag).toBe("Off")
    expect(reduceConversation(ended, welcome)).toBe(ended)
  })

  it("turns each problem of the server into a trouble with a way out", () => {
    const problem = (code: string) => after(started, got({ _tag: "Problem", code, message: "" })).phase
    expect(problem("full")).toEqual({ _tag: "Failed", trouble: "full" })
    expect(problem("not-resumable")).toEqual({ _tag: "Failed", trouble: "not-resumable" })
    expect(problem("flood")).toEqual({ _tag: "Failed", trouble: "refused" })
  })

  it("stays left while the goodbye is being said, whatever the room tells", () => {
    const left = after(
      started,
      microphoneOn,
      { _tag: "Joined", assistant: "listening", languageModel: "rules" },
      { _tag: "Left" },
    )
    const late: ReadonlyArray<ConversationAction> = [
      { _tag: "NoAssistant", after: "lost" },
      { _tag: "QualityChanged", quality: "lost" },
      { _tag: "SoundChanged", blocked: true },
      { _tag: "Joined", assistant: "speaking", languageModel: "rules" },
      { _tag: "Failed", trouble: "server-gone" },
      lost,
    ]
    for (const action of late) expect(reduceConversation(left, action)).toBe(left)
  })

  it("waits for an assistant at the start and after one was lost, and goes on with the next", () => {
    const waiting = after(started, microphoneOn, { _tag: "NoAssistant", after: "start" })
    expect(stateWords(waiting)).toBe("An assistant is coming")
    expect(moodOf(waiting)).toBe("waiting")
    const placed = reduceConversation(waiting, { _tag: "Placed", position: 3, estimateMillis: 120_000 })
    expect(stateWords(placed)).toBe("You are number 3")
    const joined = reduceConversation(placed, { _tag: "Joined", assistant: "listening", languageModel: "rules" })
    expect(stateWords(joined)).toBe("Listening")
    // An answer about the queue that was under way when the assistant came.
    expect(reduceConversation(joined, { _tag: "Placed", position: 3, estimateMillis: undefined })).toBe(joined)
    expect(stateWords(reduceConversation(joined, { _tag: "NoAssistant", after: "lost" }))).toBe(
      "The assistant was lost",
    )
  })

  it("keeps what the page has heard over what the store had of it, in the order of both", () => {
    const words = (n: number, text: string) =>
      got({ _tag: "UserTranscript", messageId: mockId(n), text, final: true, source: "speech" })
    const stored = after(started, words(1, "One"), words(2, "Two, of the store")).entries
    const state = after(started, words(2, "Two"), words(3, "Three"), { _tag: "Restored", entries: stored })
    expect(state.entries.map((entry) => (entry._tag === "Person" ? entry.text : ""))).toEqual(["One", "Two", "Three"])
  })

  it("takes a fallback's notice away once it was seen", () => {
    const fellBack = after(started, { _tag: "FellBack", reason: "blocked" })
    expect(fellBack.fellBack).toBe("blocked")
    expect(reduceConversation(fellBack, { _tag: "FallbackSeen" }).fellBack).toBeUndefined()
  })

  it("forgets the conversation before when a new one starts", () => {
    const words = got({ _tag: "UserTranscript", messageId: mockId(2), text: "One", final: true, source: "speech" })
    expect(after(started, welcome, words, { _tag: "Left" }, started).entries).toEqual([])
  })
})

describe("Store", () => {
  it("tells its listeners of changes only, and of none after they left", () => {
    const store = makeStore((state: number, add: number) => state + add, 0)
    const seen: Array<number> = []
    const leave = store.subscribe(() => seen.push(store.get()))
    store.dispatch(1)
    store.dispatch(0)
    store.dispatch(2)
    leave()
    store.dispatch(4)
    expect(seen).toEqual([1, 3])
  })
})
