import { Schema } from "effect"
import { Instant } from "../Instant.ts"
import { ConversationId } from "../conversation/Conversation.ts"
import { MessageId } from "../conversation/Message.ts"

export const TurnId = Schema.UUID.pipe(Schema.brand("TurnId"))
export type TurnId = typeof TurnId.Type

const Millis = Schema.Number.pipe(Schema.finite())
const OptionalMillis = Schema.OptionFromNullOr(Millis)

/** `answered`: said to the end. `interrupted`: the person spoke. `failed`: given up with an apology. `abandoned`: the person left. */
export const TurnOutcome = Schema.Literal("answered", "interrupted", "failed", "abandoned")
export type TurnOutcome = typeof TurnOutcome.Type

/**
 * When each stage of one turn was done, in milliseconds after the person's last sound (for typed text: after
 * it arrived). None: the turn never came that far. A speculative start makes a stage earlier than `endpoint`.
 */
export const TurnTimings = Schema.Struct({
  /** The recogniser's last final transcript. */
  finalTranscript: OptionalMillis,
  /** We decided that the person had finished. */
  endpoint: OptionalMillis,
  /** The model's first token. */
  firstToken: OptionalMillis,
  /** The first sentence went to the voice. */
  firstSentence: OptionalMillis,
  /** The voice's first audio. */
  firstAudio: OptionalMillis,
  /** The first frame went to the person: what they hear as the answer's beginning, less the network. */
  playout: OptionalMillis,
})
export type TurnTimings = typeof TurnTimings.Type

/** One exchange: what the person asked, when each stage of the answer was reached, and how it ended. */
export class Turn extends Schema.Class<Turn>("Turn")({
  id: TurnId,
  conversationId: ConversationId,
  /** The assistant's message that this turn made. It is stored only when something of it was heard. */
  answerId: MessageId,
  /** Counts from 0 within the conversation. */
  index: Schema.NonNegativeInt,
  startedAt: Instant,
  source: Schema.Literal("speech", "text", "assistant"),
  outcome: TurnOutcome,
  timings: TurnTimings,
  /** The model had started before the endpoint and was right to. */
  speculative: Schema.Boolean,
  /** How often the dead-air watchdog had to act. */
  deadAir: Schema.NonNegativeInt,
  /** How often a provider's failure was survived. */
  recoveries: Schema.NonNegativeInt,
  speechToText: Schema.String,
  languageModel: Schema.String,
  textToSpeech: Schema.String,
  inputTokens: Schema.NonNegativeInt,
  outputTokens: Schema.NonNegativeInt,
}) {}
