import { Effect } from "effect"
import { useCallback, useEffect, useState } from "react"
import { useParley } from "../Parley.tsx"
import type { ApiFailure } from "./ask.ts"
import type { ParleyClient } from "./ParleyClient.ts"

export type Loaded<A> =
  | { readonly _tag: "Loading" }
  | { readonly _tag: "Ready"; readonly value: A }
  | { readonly _tag: "Failed"; readonly failure: ApiFailure }

type Request<A> = Effect.Effect<A, ApiFailure, ParleyClient>

/** An answer, and which asking it answers: that of an earlier one is no longer shown. */
interface Answer<A> {
  readonly request: Request<A>
  readonly round: number
  readonly loaded: Loaded<A>
}

/** Runs a request when a page opens, or its `request` changes; gives it up when the page closes. */
export const useLoad = <A>(request: Request<A>): { readonly loaded: Loaded<A>; readonly reload: () => void } => {
  const { runtime } = useParley()
  const [answer, setAnswer] = useState<Answer<A>>()
  const [round, setRound] = useState(0)
  useEffect(() => {
    const show = (loaded: Loaded<A>) => setAnswer({ request, round, loaded })
    return runtime.runCallback(
      Effect.match(request, {
        onFailure: (failure) => show({ _tag: "Failed", failure }),
        onSuccess: (value) => show({ _tag: "Ready", value }),
      }),
    )
  }, [runtime, request, round])
  const reload = useCallback(() => setRound((round) => round + 1), [])
  const current = answer?.request === request && answer.round === round
  return { loaded: current ? answer.loaded : { _tag: "Loading" }, reload }
}
