import { Effect, Schema } from "effect"
import { Parser } from "expr-eval-fork"
import { type Tool, ToolError } from "../../domain/llm/Tool.ts"
import { define } from "./ToolDefinition.ts"

const name = "calculator"
/** Deep nesting costs stack, length costs time; in characters. */
const expressionLengthMax = 200
const significantDigits = 12
const functionNames = [
  "sqrt",
  "cbrt",
  "abs",
  "round",
  "floor",
  "ceil",
  "min",
  "max",
  "log10",
  "ln",
  "exp",
  "sin",
  "cos",
  "tan",
]

/** Only arithmetic: nothing that can name, store, loop or reach an object. A factorial of a large number would not end. */
const parser = () => {
  const made = new Parser({
    allowMemberAccess: false,
    operators: {
      assignment: false,
      comparison: false,
      concatenate: false,
      conditional: false,
      factorial: false,
      fndef: false,
      in: false,
      logical: false,
      length: false,
      random: false,
    },
  })
  made.functions = Object.fromEntries(Object.entries(made.functions).filter(([each]) => functionNames.includes(each)))
  return made
}

/** What models write that the evaluator reads otherwise or not at all; a percent sign that stands before a number is its remainder. */
const normalise = (expression: string): string =>
  expression
    .replaceAll(/(\d),(?=\d{3}\b)/g, "$1")
    .replaceAll("**", "^")
    .replaceAll("×", "*")
    .replaceAll("÷", "/")
    .replaceAll("−", "-")
    .replaceAll(/(\d(?:\.\d+)?)\s*%\s*of\b/gi, "$1/100*")
    .replaceAll(/(\d)\s*%(?!\s*[\d(.])/g, "$1/100")
    .trim()

const wrong = (detail: string) => new ToolError({ tool: name, detail })

/** Answers the result as a plain decimal, with at most 12 significant digits. */
export const evaluate = (expression: string): Effect.Effect<string, ToolError> =>
  Effect.gen(function* () {
    const value: unknown = yield* Effect.try({
      try: (): unknown => parser().evaluate(normalise(expression)),
      catch: (cause) =>
        wrong(`cannot compute "${expression}": ${cause instanceof Error ? cause.message : String(cause)}`),
    })
    if (typeof value !== "number" || Number.isNaN(value)) return yield* wrong(`"${expression}" is not a number`)
    if (!Number.isFinite(value)) return yield* wrong(`"${expression}" has no finite result; is it divided by zero?`)
    return String(Number(value.toPrecision(significantDigits)))
  })

export const make: Tool = define({
  name,
  description: "Computes an arithmetic expression exactly. Use it for every calculation.",
  parameters: Schema.Struct({
    expression: Schema.String.pipe(Schema.minLength(1), Schema.maxLength(expressionLengthMax)).annotations({
      description: `Digits, + - * / % ^, parentheses and ${functionNames.join(", ")}. Such as (17.5*12)/100.`,
    }),
  }),
  filler: "Let me work that out.",
  run: ({ expression }) => evaluate(expression),
})
