import type { Effect } from "effect"
import type { JsonObject } from "../../../domain/JsonObject.ts"
import type { Utterance } from "./Utterance.ts"

/** What the talk was before this utterance. */
export interface History {
  /** What the person said before, oldest first. */
  readonly person: ReadonlyArray<string>
  /** What the assistant said, oldest first. */
  readonly assistant: ReadonlyArray<string>
}

/** `otherwise` is said where the request has no such tool. */
export type Reply =
  | { readonly say: string }
  | { readonly tool: string; readonly args: JsonObject; readonly otherwise: Effect.Effect<string> }

/** Answers, or leaves the utterance to the next rule. */
export type Rule = (utterance: Utterance, history: History) => Effect.Effect<Reply> | undefined
