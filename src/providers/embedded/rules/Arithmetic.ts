import { Option } from "effect"
import { Parser } from "expr-eval-fork"

/** Spoken operators, the longest first. The order is part of the meaning: "square root of" before "square". */
const operators: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b(?:the )?square root of (\d+(?:\.\d+)?)/g, "sqrt($1)"],
  [/\b(?:the )?cube root of (\d+(?:\.\d+)?)/g, "cbrt($1)"],
  [/\badd (\S+) (?:and|to) (\S+)/g, "$1+$2"],
  [/\bsubtract (\S+) from (\S+)/g, "$2-$1"],
  [/\bmultiply (\S+) (?:by|and|with|times) (\S+)/g, "$1*$2"],
  [/\bdivide (\S+) by (\S+)/g, "$1/$2"],
  [/\bthe sum of (\S+) and (\S+)/g, "$1+$2"],
  [/\bthe product of (\S+) and (\S+)/g, "$1*$2"],
  [/\bthe difference between (\S+) and (\S+)/g, "$1-$2"],
  [/(\d+(?:\.\d+)?) percent of\b/g, "$1/100*"],
  [/(\d+(?:\.\d+)?) percent\b/g, "$1/100"],
  [/\b(?:a |1 )?half of\b/g, "1/2*"],
  [/\b(?:a |1 )?third of\b/g, "1/3*"],
  [/\b(?:a |1 )?(?:quarter|fourth) of\b/g, "1/4*"],
  [/\b(\d+) thirds of\b/g, "$1/3*"],
  [/\b(\d+) (?:quarters|fourths) of\b/g, "$1/4*"],
  [/\btwice\b|\bdouble\b/g, "2*"],
  [/\bto the power of\b|\braised to\b/g, "^"],
  [/\bsquared\b/g, "^2"],
  [/\bcubed\b/g, "^3"],
  [/\b(?:multiplied by|multiplied with|times|time|x)\b/g, "*"],
  [/\b(?:divided by|divide by|over)\b/g, "/"],
  [/\b(?:plus|added to)\b/g, "+"],
  [/\b(?:minus|take away|less)\b/g, "-"],
  [/(?<=\d) and (?=\d)/g, "+"],
]

/** What stands around a sum and is no part of it. */
const frame =
  /^(?:.*\b)?(?:what is|what are|how much is|how much are|calculate|compute|work out|what does|tell me|result of)\s+|^(?:(?:and|so|ok|okay|now|then)\s+)+|\s+(?:equals?|equal to|is|make|makes|again|for me|then)$/g

/** A recogniser hears these for numbers beside an operator. */
const homophones: Readonly<Record<string, string>> = {
  to: "2",
  too: "2",
  for: "4",
  won: "1",
  ate: "8",
  tree: "3",
  sex: "6",
  sics: "6",
  tan: "10",
}

const translate = (text: string): Option.Option<string> => {
  const bare = text.replaceAll(frame, "").replaceAll(frame, "").trim()
  const written = operators.reduce((sum, [pattern, sign]) => sum.replaceAll(pattern, sign), bare)
  const expression = written.replace(/=$/, "").replaceAll(/\s+/g, "")
  // Two numbers beside each other were no sum.
  if (/\d\s+\d/.test(written)) return Option.none()
  const isSum = /^(?:[\d.+\-*/^()]|sqrt|cbrt)+$/.test(expression) && /\d[+\-*/^]+[\d(sc.]|rt\(|\^/.test(expression)
  return isSum ? Option.some(expression) : Option.none()
}

/** The expression in what was said, with digits and + - * / ^ sqrt() cbrt(); none when it is no sum. */
export const expressionIn = (text: string): Option.Option<string> =>
  Option.orElse(translate(text), () => {
    const words = text.split(" ")
    const heard = words.map((word, at) => {
      const before = words[at - 1] ?? ""
      const besideOperator =
        /^(?:times|plus|minus|by|time|x|\*|\+)$/.test(before) ||
        /^(?:times|plus|minus|divided|multiplied)$/.test(words[at + 1] ?? "")
      return besideOperator ? (homophones[word] ?? word) : word
    })
    return heard.join(" ") === text ? Option.none() : translate(heard.join(" "))
  })

/** As it is said: `15/100*80` -> `15 percent of 80`. */
export const spoken = (expression: string): string =>
  expression
    .replaceAll(/sqrt\(([^)]*)\)/g, "the square root of $1")
    .replaceAll(/cbrt\(([^)]*)\)/g, "the cube root of $1")
    .replaceAll("/100*", " percent of ")
    .replaceAll(/^1\/2\*/g, "half of ")
    .replaceAll(/\^2\b/g, " squared")
    .replaceAll(/\^3\b/g, " cubed")
    .replaceAll("^", " to the power of ")
    .replaceAll("*", " times ")
    .replaceAll("/", " divided by ")
    .replaceAll("+", " plus ")
    .replaceAll(/(?<=[\d.)])-/g, " minus ")
    .replaceAll(/(?<![\d.)])-/g, "minus ")
    .replaceAll(/\s+/g, " ")
    .trim()

/** The result, where no tool is at hand. `expression` comes from `expressionIn` and holds nothing but arithmetic. */
export const evaluate = (expression: string): Option.Option<string> =>
  Option.liftThrowable((): unknown => new Parser().evaluate(expression))().pipe(
    Option.filter((value) => typeof value === "number" && Number.isFinite(value)),
    Option.map((value) => String(Number(Number(value).toPrecision(12)))),
  )
