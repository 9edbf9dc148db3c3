/** What the assistant says of its own accord. One set a language; English when there is none. */
export interface Phrases {
  readonly modelFailed: string
  readonly modelBroke: string
  readonly refused: string
  readonly notHeard: string
  readonly fillers: readonly [string, ...ReadonlyArray<string>]
  readonly stillThere: string
  readonly goodbye: string
  /** Another worker goes on where one was lost. */
  readonly back: string
  /** The process is being stopped, and the person is still talking. */
  readonly stopping: string
}

const english: Phrases = {
  modelFailed: "Sorry, I can't think of an answer right now. Please try again in a moment.",
  modelBroke: "Sorry, I lost my train of thought.",
  refused: "Sorry, I can't help with that.",
  notHeard: "Sorry, I didn't catch that. Could you say it again?",
  fillers: ["One moment, please.", "I'm still working on it.", "This takes a little longer."],
  stillThere: "Are you still there?",
  goodbye: "I'll let you go, then. Goodbye!",
  back: "Sorry, I was gone for a moment. I'm back.",
  stopping: "I'm sorry, I have to stop here. Please start again in a moment. Goodbye!",
}

const german: Phrases = {
  modelFailed: "Entschuldigung, mir fällt gerade keine Antwort ein. Bitte versuche es gleich noch einmal.",
  modelBroke: "Entschuldigung, ich habe den Faden verloren.",
  refused: "Dabei kann ich leider nicht helfen.",
  notHeard: "Entschuldigung, das habe ich nicht verstanden. Kannst du es noch einmal sagen?",
  fillers: ["Einen Moment, bitte.", "Ich bin noch dabei.", "Das dauert etwas länger."],
  stillThere: "Bist du noch da?",
  goodbye: "Dann bis zum nächsten Mal. Auf Wiedersehen!",
  back: "Entschuldigung, ich war einen Moment weg. Jetzt bin ich wieder da.",
  stopping: "Es tut mir leid, ich muss hier aufhören. Bitte fang gleich noch einmal an. Auf Wiedersehen!",
}

const byLanguage: Readonly<Record<string, Phrases>> = { en: english, de: german }

export const forLanguage = (language: string): Phrases => byLanguage[language.slice(0, 2).toLowerCase()] ?? english
