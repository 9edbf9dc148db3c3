import { Clock, DateTime, Effect, Option } from "effect"
import * as Arithmetic from "./Arithmetic.ts"
import type { Reply, Rule } from "./Rule.ts"
import * as SpokenDuration from "./SpokenDuration.ts"

export const timeWithoutTool = (kind: "time" | "date") =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const here = DateTime.setZone(DateTime.unsafeMake(now), DateTime.zoneMakeLocal())
    return kind === "time"
      ? `It is ${DateTime.format(here, { locale: "en-US", timeStyle: "short" })}.`
      : `Today is ${DateTime.format(here, { locale: "en-US", dateStyle: "full" })}.`
  })

const call = (tool: string, args: Record<string, unknown>, otherwise: Effect.Effect<string>): Effect.Effect<Reply> =>
  Effect.succeed({ tool, args, otherwise })

export const asksForDate = (text: string): boolean =>
  /\b(?:date|what day|which day|day is it|day of the week|what year|which year|what month|which month)\b/.test(text)
const asksForTime = (text: string): boolean =>
  /\b(?:what|tell me|know|have|give me)\b.*\btime\b|\btime is it\b|^(?:the )?time(?: now| in .*)?$|\bhow late\b/.test(
    text,
  ) && !/\btimes\b|time(?:s)? \d/.test(text)

const placeIn = (text: string): Option.Option<string> =>
  Option.fromNullable(
    / (?:in|at|for) (?:the )?([a-z][a-z .'/-]*?)(?: right now| now| today| at the moment| currently)?$/.exec(text)?.[1],
  ).pipe(Option.filter((place) => !/^(?:moment|right|now|here|home|my place|question|day|time)$/.test(place)))

const clock: Rule = ({ text }) => {
  const date = asksForDate(text)
  if (!date && !asksForTime(text)) return undefined
  const args = Option.match(placeIn(text), { onNone: () => ({}), onSome: (place) => ({ place }) })
  return call("clock", args, timeWithoutTool(date ? "date" : "time"))
}

const noTimer = Effect.succeed("I have no timers here.")
const notLabels =
  /^(?:a|an|the|my|new|another|second|seconds|minute|minutes|hour|hours|that|this|all|every|each|of|for|to|too|set|start|cancel|stop|\d.*)$/

const labelIn = (text: string): { readonly label?: string } => {
  const found =
    /\btimer (?:for|called|named) (?:the |my )?([a-z]+)\b/.exec(text)?.[1] ?? /\b([a-z]+) timer\b/.exec(text)?.[1] ?? ""
  return found === "" || notLabels.test(found) ? {} : { label: found }
}

const askedHowLong = "For how long?"

const timer: Rule = ({ text }, history) => {
  const seconds = SpokenDuration.secondsIn(text)
  const answersUs = history.assistant.at(-1)?.trim() === askedHowLong
  if (!/\btimers?\b|\bcountdown\b/.test(text) && !(answersUs && Option.isSome(seconds))) return undefined
  if (/\b(?:cancel|stop|delete|clear|remove|turn off|end)\b/.test(text)) {
    return call("timer", { action: "cancel", ...labelIn(text) }, noTimer)
  }
  if (/\b(?:how long|how much|left|remaining|running|list|which|what)\b/.test(text))
    return call("timer", { action: "list" }, noTimer)
  return Option.match(seconds, {
    onNone: () => Effect.succeed<Reply>({ say: askedHowLong }),
    onSome: (value) => call("timer", { action: "set", seconds: value, ...labelIn(text) }, noTimer),
  })
}

const calculator: Rule = ({ text }) =>
  Option.getOrUndefined(
    Option.map(Arithmetic.expressionIn(text), (expression) =>
      call(
        "calculator",
        { expression },
        Effect.sync(() =>
          Option.match(Arithmetic.evaluate(expression), {
            onNone: () => "That has no result that I could tell.",
            onSome: (result) => `${Arithmetic.spoken(expression)} is ${result}.`,
          }),
        ),
      ),
    ),
  )

const goodbye: Rule = ({ text }) =>
  /^(?:(?:ok|okay|thanks|thank you|well|alright|no) )*(?:good ?bye|bye(?: bye)?|see you(?: later| soon)?|talk to you later|good night|hang up|end (?:the|this|our) (?:call|conversation)|that is all(?: for (?:now|today))?|i have to go|i am done)\b/.test(
    text,
  )
    ? call("end_conversation", {}, Effect.succeed("Goodbye! It was nice talking with you."))
    : undefined

export const rules: ReadonlyArray<Rule> = [timer, goodbye, calculator, clock]
