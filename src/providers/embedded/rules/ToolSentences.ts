import { Option, Schema } from "effect"
import * as Arithmetic from "./Arithmetic.ts"
import { asksForDate } from "./ToolRules.ts"

export interface ToolOutcome {
  readonly name: string
  readonly argumentsJson: string
  readonly result: string
}

const decoder = <A, I>(schema: Schema.Schema<A, I>) => Schema.decodeUnknownOption(Schema.parseJson(schema))
const ClockAnswer = decoder(Schema.Struct({ place: Schema.String, time: Schema.String, date: Schema.String }))
const TimerLeft = Schema.Struct({ label: Schema.String, spoken: Schema.String })
const TimerSet = decoder(Schema.Struct({ set: TimerLeft }))
const TimerList = decoder(Schema.Struct({ timers: Schema.Array(TimerLeft) }))
const TimerCancelled = decoder(Schema.Struct({ cancelled: Schema.Number }))
const CalculatorCall = decoder(Schema.Struct({ expression: Schema.String }))

/** A strange tool's answer is read out up to here; in characters. */
const readOutMax = 300

const titled = (place: string): string =>
  place.replaceAll(/(^|[ -])([a-z])/g, (_, gap: string, letter: string) => gap + letter.toUpperCase())

const clock = (result: string, question: string): Option.Option<string> =>
  Option.map(ClockAnswer(result), ({ place, time, date }) => {
    const where = place === "here" ? "" : ` in ${titled(place)}`
    return asksForDate(question) ? `Today is ${date}${where}.` : `It is ${time}${where}.`
  })

const named = ({ label }: { readonly label: string }): string => (label === "" ? "timer" : `${label} timer`)

const timer = (result: string): Option.Option<string> =>
  Option.firstSomeOf([
    Option.map(TimerSet(result), ({ set }) => `Okay, your ${named(set)} for ${set.spoken} is running.`),
    Option.map(TimerList(result), ({ timers }) =>
      timers.length === 0
        ? "No timer is running."
        : timers.map((each) => `Your ${named(each)} has ${each.spoken} left.`).join(" "),
    ),
    Option.map(TimerCancelled(result), ({ cancelled }) => {
      if (cancelled === 0) return "There was no timer to cancel."
      return cancelled === 1 ? "Okay, I cancelled your timer." : `Okay, I cancelled ${cancelled} timers.`
    }),
  ])

const calculator = (argumentsJson: string, result: string): Option.Option<string> =>
  /^-?[\d.]+(?:e[+-]?\d+)?$/.test(result)
    ? Option.map(CalculatorCall(argumentsJson), ({ expression }) => `${Arithmetic.spoken(expression)} is ${result}.`)
    : Option.none()

const sentence = (outcome: ToolOutcome, question: string): Option.Option<string> => {
  switch (outcome.name) {
    case "clock":
      return clock(outcome.result, question)
    case "timer":
      return timer(outcome.result)
    case "calculator":
      return calculator(outcome.argumentsJson, outcome.result)
    case "end_conversation":
      return outcome.result.startsWith("Error:") ? Option.none() : Option.some("Goodbye! It was nice talking with you.")
    default:
      return Option.none()
  }
}

/** What a tool answered, as a sentence to be spoken. */
export const of = (outcome: ToolOutcome, question: string): string =>
  Option.getOrElse(sentence(outcome, question), () => {
    const result = outcome.result.trim()
    const error = /^Error:\s*(.*)$/s.exec(result)?.[1]
    if (error !== undefined) return `Sorry, that did not work: ${error.slice(0, readOutMax)}.`
    if (/^[[{]/.test(result)) return "That is done, but I have no rule for reading its result aloud."
    return result === "" ? "That is done." : result.slice(0, readOutMax)
  })
