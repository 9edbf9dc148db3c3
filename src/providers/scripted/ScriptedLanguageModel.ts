import { Effect, Layer, Option, Stream } from "effect"
import { ChatPart, type ChatRequest, LanguageModel, type StopReason } from "../../domain/llm/LanguageModel.ts"
import { play, type Script, take, type Trouble } from "./Script.ts"

export type Step =
  | { readonly kind: "wait"; readonly millis: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tool"; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly kind: "finish"; readonly reason: StopReason }
  | Trouble

/** One answer, step by step; it must end with `finish` or trouble. */
export type Scene = ReadonlyArray<Step>

const tokensOf = (text: string): number => text.split(/\s+/).length

/** A plain answer, written a word at a time. */
export const says = (
  text: string,
  options?: { readonly firstAfterMillis?: number; readonly perWordMillis?: number },
): Scene => [
  { kind: "wait", millis: options?.firstAfterMillis ?? 0 },
  ...text.split(/(?<=\s)/).flatMap((word): Scene => {
    const written: Step = { kind: "text", text: word }
    return options?.perWordMillis === undefined ? [written] : [written, { kind: "wait", millis: options.perWordMillis }]
  }),
  { kind: "finish", reason: "stop" },
]

export const callsTool = (name: string, args: string, id = "call-1"): Scene => [
  { kind: "tool", id, name, arguments: args },
  { kind: "finish", reason: "tool-calls" },
]

const perform = (step: Step, written: { tokens: number }) => {
  switch (step.kind) {
    case "wait":
      return step.millis === 0 ? Effect.succeedNone : Effect.as(Effect.sleep(step.millis), Option.none<ChatPart>())
    case "text":
      written.tokens += tokensOf(step.text)
      return Effect.succeedSome(ChatPart.TextDelta({ text: step.text }))
    case "tool":
      return Effect.succeedSome(
        ChatPart.ToolCallReady({ call: { id: step.id, name: step.name, arguments: step.arguments } }),
      )
    case "finish":
      return Effect.succeedSome(ChatPart.Finish({ reason: step.reason, inputTokens: 0, outputTokens: written.tokens }))
    case "fail":
    case "stall":
      return play(step, "chat")
  }
}

/** Answers by script, one scene a request. `onRequest` sees what was asked, for assertions. */
export const layer = (
  script: Script<Scene>,
  onRequest: (request: ChatRequest) => void = () => {},
): Layer.Layer<LanguageModel> =>
  Layer.succeed(LanguageModel, {
    name: "scripted",
    chat: (request) =>
      Stream.unwrap(
        Effect.map(take(script, "chat"), (scene) => {
          onRequest(request)
          const written = { tokens: 0 }
          return Stream.fromIterable(scene).pipe(
            Stream.rechunk(1),
            Stream.mapEffect((step) => perform(step, written)),
            Stream.filterMap((part) => part),
          )
        }),
      ),
  })
