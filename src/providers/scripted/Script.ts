import { Effect } from "effect"
import { ProviderError, Rejected } from "../../domain/speech/ProviderError.ts"

/** What a scripted provider does next, once for every call. Answering nothing means that the script has run out. */
export type Script<A> = () => A | undefined

/** A script of known length. */
export const list = <A>(items: ReadonlyArray<A>): Script<A> => {
  let next = 0
  return () => items[next++]
}

/** The next scene; a script that has run out is an error, never a default. */
export const take = <A>(script: Script<A>, operation: string): Effect.Effect<A, ProviderError> =>
  Effect.suspend(() => {
    const item = script()
    return item === undefined
      ? new ProviderError({
          provider: "scripted",
          operation,
          reason: new Rejected({ detail: "the script has run out" }),
        })
      : Effect.succeed(item)
  })

/** How a scene may go wrong after what it has given so far. */
export type Trouble =
  | { readonly kind: "fail"; readonly reason: ProviderError["reason"] }
  /** Never another word. */
  | { readonly kind: "stall" }

export const play = (trouble: Trouble, operation: string): Effect.Effect<never, ProviderError> =>
  trouble.kind === "stall"
    ? Effect.never
    : new ProviderError({ provider: "scripted", operation, reason: trouble.reason })
