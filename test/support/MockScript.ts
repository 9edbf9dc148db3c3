import { ago, mockId, mockTurn } from "./MockHistory.ts"
import type { MockVoice } from "./MockVoice.ts"

const me = (n: number, text: string, final: boolean) => ({
  _tag: "UserTranscript",
  messageId: mockId(0x100 + n),
  text,
  final,
  source: "speech",
})
const it = (n: number, text: string, pending: string, final = false, interrupted = false) => ({
  _tag: "AssistantTranscript",
  messageId: mockId(0x200 + n),
  text,
  pending,
  final,
  interrupted,
})
const state = (state: string) => ({ _tag: "StateChanged", state })
const stored = (id: number) => ({ _tag: "MessageStored", messageId: mockId(id) })
const ended = (index: number, outcome: string) => ({
  _tag: "TurnEnded",
  turn: mockTurn(mockId(0x7777), index, outcome, ago(0), mockId(0x201 + index)),
})

const firstHalf = "On Saturday it stays dry, with a light wind from the west and around fourteen degrees."
const secondHalf = "On Sunday a front brings showers from noon on, so the better day for the coast is"
const correction = "Only Saturday, please. Is the water warm enough to swim?"
const lastAnswer = "It has about eleven degrees. Brave people swim in that; most of us wait until June."

/** A conversation that shows everything the page can show, up to the middle of its last answer. */
export const mockScript: ReadonlyArray<unknown> = [
  state("speaking"),
  it(0, "Hello! I am Parley, and I am listening.", "", true),
  stored(0x200),
  state("listening"),
  me(1, "what's the weather", false),
  me(1, "What's the weather like on the coast", false),
  me(1, "What’s the weather like on the coast this weekend?", true),
  stored(0x101),
  state("thinking"),
  { _tag: "ToolUsed", messageId: mockId(0x201), name: "weather_forecast", status: "running" },
  { _tag: "ToolUsed", messageId: mockId(0x201), name: "weather_forecast", status: "done" },
  state("speaking"),
  it(1, "", `${firstHalf} ${secondHalf}`),
  it(1, firstHalf, secondHalf),
  me(2, "Only Saturday", false),
  it(1, firstHalf, secondHalf, true, true),
  stored(0x201),
  ended(0, "interrupted"),
  state("listening"),
  me(2, correction, true),
  stored(0x102),
  state("thinking"),
  state("speaking"),
  it(2, lastAnswer, "", true),
  stored(0x202),
  ended(1, "answered"),
  state("listening"),
  me(3, "Thank you. Then remind me on Friday evening to pack a towel.", true),
  stored(0x103),
  state("speaking"),
  it(3, "I will.", "On Friday at seven I remind you of the towel."),
]

/** Plays the script at a pace at which it can be watched. */
export const talkFor = async (voice: MockVoice): Promise<void> => {
  for (const message of mockScript) {
    await Bun.sleep(900)
    voice.send(message)
    if (JSON.stringify(message).includes(`"state":"speaking"`)) voice.tone(3)
  }
}
