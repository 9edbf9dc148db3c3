import { DateTime } from "effect"

export interface PromptValues {
  readonly assistant: string
  readonly person: string
  readonly language: string
  readonly now: DateTime.Zoned
}

/** Fills `{assistant}`, `{person}`, `{language}`, `{date}` and `{time}`; any other braces stay as they are. */
export const render = (template: string, values: PromptValues): string => {
  const locale = values.language
  const filled: Readonly<Record<string, string>> = {
    assistant: values.assistant,
    person: values.person,
    language: values.language,
    date: DateTime.format(values.now, { locale, dateStyle: "full" }),
    time: DateTime.format(values.now, { locale, timeStyle: "short" }),
  }
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => filled[name] ?? whole)
}
