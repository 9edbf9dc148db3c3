import { Schema } from "effect"

export const SpeechSide = Schema.Literal("parley", "agent-session")
export type SpeechSide = typeof SpeechSide.Type

/** When a stage was reached, in milliseconds after the end of speech in the recording. */
export const Stages = Schema.Struct({
  transcript: Schema.NullOr(Schema.Number),
  endpoint: Schema.NullOr(Schema.Number),
  firstToken: Schema.NullOr(Schema.Number),
  sentence: Schema.NullOr(Schema.Number),
  voice: Schema.NullOr(Schema.Number),
  playout: Schema.NullOr(Schema.Number),
})
export type Stages = typeof Stages.Type

export const Recited = Schema.Struct({
  clip: Schema.String,
  /** End of speech to the first audible sample of the answer; null: none came. */
  millis: Schema.NullOr(Schema.Number),
  cutIn: Schema.Boolean,
  stages: Schema.NullOr(Stages),
})
export type Recited = typeof Recited.Type

/** What a process of one side tells at its end. */
export const SpeechResult = Schema.TaggedStruct("SpeechResult", {
  origin: Schema.String,
  recited: Schema.Array(Recited),
})
export type SpeechResult = typeof SpeechResult.Type
