import { Effect, Random } from "effect"
import type { History, Reply, Rule } from "./Rule.ts"
import * as Texts from "./Texts.ts"

const say = (text: string): Effect.Effect<Reply> => Effect.succeed({ say: text })

/** The first one that was not told yet; when all were, any. */
const untold = (texts: ReadonlyArray<string>, { assistant }: History): Effect.Effect<Reply> => {
  const fresh = texts.find(
    (text) => !assistant.some((told) => told.trim() !== "" && text.startsWith(told.trim().slice(0, 30))),
  )
  return fresh === undefined
    ? Effect.map(Random.nextIntBetween(0, texts.length), (at) => ({ say: texts[at] ?? "" }))
    : say(fresh)
}

/** The pattern's text is the whole rule. */
const when =
  (pattern: RegExp, answer: string): Rule =>
  ({ text }) =>
    pattern.test(text) ? say(answer) : undefined

const repeat: Rule = ({ text }, { assistant }) => {
  if (
    !/\b(?:repeat|say) (?:that|it|this)(?: again)?\b|^repeat\b|\bsay again\b|what did you (?:just )?say|^(?:pardon|come again|sorry what|what was that)\b|\bonce more\b/.test(
      text,
    )
  ) {
    return undefined
  }
  const last = assistant.at(-1)
  return say(last === undefined ? "I have not said anything yet." : `I said: ${last}`)
}

const recall: Rule = ({ text }, { person }) => {
  if (
    !/what did i (?:just )?(?:say|ask|tell)|what i (?:just )?(?:said|asked)|what was my (?:last )?question/.test(text)
  )
    return undefined
  const before = person.at(-1)
  return say(before === undefined ? "You have not said anything before this." : `Before this, you said: ${before}`)
}

const spell: Rule = ({ text }) => {
  const word =
    /\bspell(?: out)?(?: the)?(?: word| name)? ([a-z']+)/.exec(text)?.[1] ??
    /\bhow (?:is|do you write)(?: the word)? ([a-z']+)(?: spelled| spelt| written)/.exec(text)?.[1]
  if (word === undefined) return undefined
  const letters = word
    .toUpperCase()
    .replaceAll(/[^A-Z]/g, "")
    .split("")
    .join(", ")
  return say(`${word} is spelled ${letters}.`)
}

const countMax = 50
const count: Rule = ({ text }) => {
  const to = /\bcount (?:up )?(?:from 1 )?(?:to|till|until) (\d+)$/.exec(text)?.[1]
  if (to === undefined) return undefined
  const last = Math.min(Number(to), countMax)
  const numbers = Array.from({ length: last }, (_, at) => at + 1).join(", ")
  return say(Number(to) > countMax ? `I count to ${countMax} at most. ${numbers}.` : `${numbers}.`)
}

const chance: Rule = ({ text }) => {
  if (/\b(?:flip|toss)\b.*\bcoin\b|heads or tails/.test(text)) {
    return Effect.map(Random.nextBoolean, (heads) => ({ say: heads ? "It is heads." : "It is tails." }))
  }
  if (!/\broll\b.*\b(?:die|dice)\b/.test(text)) return undefined
  return Effect.map(Random.nextIntBetween(1, 7), (points) => ({ say: `You rolled a ${points}.` }))
}

const joke: Rule = ({ text }, history) =>
  /\bjokes?\b|something funny|make me laugh/.test(text) ? untold(Texts.jokes, history) : undefined
const story: Rule = ({ text }, history) =>
  /\bstor(?:y|ies)\b|tell me something long/.test(text) ? untold(Texts.stories, history) : undefined

/** Tried in order; what is asked comes before what is only polite. */
export const rules: ReadonlyArray<Rule> = [
  repeat,
  recall,
  spell,
  count,
  chance,
  joke,
  story,
  when(
    /\btell me (?:more |something )?about (?:yourself|you)\b|\bintroduce yourself\b|\bhow do you work\b/,
    Texts.about,
  ),
  when(
    /\b(?:who|what) are you\b|are you (?:an? |really |even )*(?:ai|a\.i|human|robot|bot|real|person|chat ?gpt|language model|llm)\b|what (?:kind of )?(?:language )?model|which (?:language )?model|who made you|are you intelligent/,
    Texts.identity,
  ),
  when(
    /\b(?:help|what (?:else )?can you do|what can i (?:ask|say)|what do you know|your abilities|options)\b/,
    Texts.help,
  ),
  when(/\b(?:your name|are you called|call you)\b/, "I go by Parley, but I am only its built-in rules."),
  when(/\b(?:weather|news|traffic|rain|temperature|forecast)\b/, Texts.noInternet),
  when(/\b(?:sing|song|music)\b/, "I had better not sing. This voice was made for reading."),
  when(/\bhow old are you\b|\byour age\b/, "I begin anew with each conversation, so I am a few minutes old at most."),
  when(
    /\b(?:can|do) you (?:hear|understand) me\b|\bis this (?:thing )?(?:on|working)\b|^(?:testing|test)\b/,
    "Yes, I hear you.",
  ),
  when(
    /\bhow are you\b|\bhow is it going\b|\bhow do you do\b|\bhow have you been\b/,
    "I am fine, thank you. How can I help you?",
  ),
  when(/^(?:stop|be quiet|quiet|shut up|never ?mind|cancel(?: that)?|forget it|no)\b/, "Okay."),
  when(/\b(?:thanks|thank you|cheers|much appreciated)\b/, "You are welcome."),
  when(/\b(?:sorry|i apologi[sz]e)\b/, "No problem at all."),
  when(
    /\b(?:well done|good job|great|awesome|amazing|nice|cool|perfect|wonderful|i love you)\b/,
    "Thank you, that is kind of you.",
  ),
  when(/\bgood morning\b/, "Good morning! What can I do for you?"),
  when(/\bgood (?:afternoon|evening)\b/, "Good evening! What can I do for you?"),
  when(/\b(?:hello|hi|hey|hallo|greetings|howdy|good day)\b/, "Hello! What can I do for you?"),
  when(/^(?:yes|yeah|yep|okay|ok|sure|right|alright)$/, "Good. What would you like?"),
]

export const fallback: Rule = ({ text }, { assistant }) => {
  if (text === "") return say(Texts.greeting)
  return say(assistant.at(-1)?.startsWith("I have no rule") ? Texts.help : Texts.noRule)
}
