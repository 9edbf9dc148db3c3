import { Context } from "effect"

/** When sound counts as speech. Probabilities are the detector's, 0 to 1. */
export interface HearingSettings {
  readonly startProbability: number
  readonly endProbability: number
  /** So much speech in a row opens a segment. */
  readonly startMillis: number
  /** So much speech is meant: it may stop the assistant. */
  readonly confirmMillis: number
  /** So much silence closes a segment. */
  readonly endSilenceMillis: number
  /** Audio from before the start that the recogniser gets too; without it first words are lost. */
  readonly preRollMillis: number
  /** Longer speech is cut into several segments. */
  readonly segmentMillisMax: number
  /** How long the recogniser may take after the segment's end. */
  readonly finalMillisMax: number
}

/** How long a silence after speech may last until the turn is over, counted from the last sound. */
export interface EndpointingSettings {
  readonly delayMillisMin: number
  readonly delayMillisMax: number
  /** Ask the model before the endpoint, and throw the answer away if the person goes on. */
  readonly speculative: boolean
}

/** What keeps an answer from staying out. All counted while an answer is due and nobody speaks. */
export interface DeadAirSettings {
  /** So much silence gets a spoken filler. */
  readonly fillerMillis: number
  /** Never more silence than this: a tone is played, whatever the voice does. */
  readonly silenceMillisMax: number
  /** So long without any progress of the model, and the answer is given up with an apology. */
  readonly giveUpMillis: number
}

/** Long silences of a person: asked once, then goodbye. */
export interface AbsenceSettings {
  readonly askMillis: number
  readonly endMillis: number
}

export interface VoiceSettings {
  readonly firstAudioMillisMax: number
  readonly betweenChunksMillisMax: number
}

export interface ModelSettings {
  /** Estimated at four characters a token. */
  readonly contextTokensMax: number
  readonly outputTokensMax: number
  readonly toolRoundsMax: number
  readonly toolMillisMax: number
  /** A tool that takes longer gets its filler said. */
  readonly toolFillerMillis: number
}

export interface Settings {
  readonly assistantName: string
  /** BCP 47. */
  readonly language: string
  /** The voice's own name; its default when empty. */
  readonly voice: string
  /** May hold `{assistant}`, `{person}`, `{language}`, `{date}` and `{time}`. */
  readonly systemPrompt: string
  /** Said when the person comes; nothing when empty. May hold `{assistant}` and `{person}`. */
  readonly greeting: string
  readonly hearing: HearingSettings
  readonly endpointing: EndpointingSettings
  readonly deadAir: DeadAirSettings
  readonly absence: AbsenceSettings
  readonly speaking: VoiceSettings
  readonly model: ModelSettings
  /** How long the end waits for hooks that are still at work. */
  readonly hooksDrainMillisMax: number
}

export const defaults: Settings = {
  assistantName: "Parley",
  language: "en",
  voice: "",
  systemPrompt:
    "You are {assistant}, a friendly voice assistant talking with {person}. It is {time} on {date}. Answer in the language with the code {language}. " +
    "Your answers are spoken aloud: keep them short, in plain sentences, without lists, headings, links or emoji.",
  greeting: "Hello, I am {assistant}. How can I help?",
  hearing: {
    startProbability: 0.5,
    endProbability: 0.35,
    startMillis: 60,
    confirmMillis: 250,
    endSilenceMillis: 220,
    preRollMillis: 320,
    segmentMillisMax: 25_000,
    finalMillisMax: 5_000,
  },
  endpointing: { delayMillisMin: 400, delayMillisMax: 1_600, speculative: true },
  deadAir: { fillerMillis: 2_500, silenceMillisMax: 6_000, giveUpMillis: 20_000 },
  absence: { askMillis: 45_000, endMillis: 30_000 },
  speaking: { firstAudioMillisMax: 3_000, betweenChunksMillisMax: 2_000 },
  model: {
    contextTokensMax: 6_000,
    outputTokensMax: 600,
    toolRoundsMax: 5,
    toolMillisMax: 15_000,
    toolFillerMillis: 900,
  },
  hooksDrainMillisMax: 30_000,
}

export class ConversationSettings extends Context.Tag("parley/agent/conversation/ConversationSettings")<
  ConversationSettings,
  Settings
>() {}
