import { DateTime } from "effect"

export interface PromptValues {
  readonly assistant: string
  readonly person: string
  /** BCP 47. */
  readonly language: string
}

/**
 * Fills `{assistant}`, `{person}`, `{language}`, `{date}` and `{time}` (in this machine's zone); any other braces stay as they
 * are. Once a conversation: making a date's format takes longer than most of a turn.
 */
export const make = (template: string, values: PromptValues) => {
  const date = new Intl.DateTimeFormat(values.language, { dateStyle: "full" })
  const time = new Intl.DateTimeFormat(values.language, { timeStyle: "short" })
  return (now: DateTime.DateTime): string => {
    const filled = new Map([
      ["assistant", values.assistant],
      ["person", values.person],
      ["language", values.language],
      ["date", DateTime.formatIntl(now, date)],
      ["time", DateTime.formatIntl(now, time)],
    ])
    return template.replace(/\{(\w+)\}/g, (whole, name: string) => filled.get(name) ?? whole)
  }
}
