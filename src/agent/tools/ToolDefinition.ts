import { Effect, JSONSchema, ParseResult, Schema } from "effect"
import { type Tool, ToolError } from "../../domain/llm/Tool.ts"

/** Arguments that no honest call of our tools needs; in characters. */
const argumentsLengthMax = 4_000

export interface ToolDefinition<A, I> {
  readonly name: string
  readonly description: string
  readonly parameters: Schema.Schema<A, I>
  readonly filler: string
  readonly run: (args: A) => Effect.Effect<string, ToolError>
}

/** A struct without fields is "an object or an array" to `JSONSchema`; no model is helped by that. */
const noParameters = { type: "object", properties: {}, additionalProperties: false }

const jsonSchemaOf = <A, I>(parameters: Schema.Schema<A, I>) => {
  const { $schema: _, ...schema } = JSONSchema.make(parameters)
  return "anyOf" in schema ? noParameters : schema
}

const parseJson = Schema.decodeUnknown(Schema.parseJson())

const explain = (error: ParseResult.ParseError): string =>
  ParseResult.ArrayFormatter.formatErrorSync(error)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ")

/** A tool whose arguments are decoded, and told to the model, by one schema. */
export const define = <A, I>({ name, description, parameters, filler, run }: ToolDefinition<A, I>): Tool => {
  const wrong = (detail: string) => new ToolError({ tool: name, detail })
  const decode = Schema.decodeUnknown(parameters, { errors: "all" })
  return {
    name,
    description,
    filler,
    parameters: jsonSchemaOf(parameters),
    run: Effect.fn(`Tool.${name}`)(function* (argumentsJson: string) {
      if (argumentsJson.length > argumentsLengthMax) return yield* wrong("the arguments are too long")
      // Models leave the arguments away when a tool has none.
      const text = argumentsJson.trim() === "" ? "{}" : argumentsJson
      const json = yield* Effect.mapError(parseJson(text), () => wrong("the arguments are not valid JSON"))
      const args = yield* Effect.mapError(decode(json), (error) => wrong(`wrong arguments: ${explain(error)}`))
      return yield* run(args)
    }),
  }
}
