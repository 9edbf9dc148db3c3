import { Effect } from "effect"
import { useCallback, useEffect, useState } from "react"
import { useParley } from "../Parley.tsx"
import type { ApiFailure } from "./ask.ts"
import type { ParleyClient } from "./ParleyClient.ts"

export type Loaded<A> =
  | { readonly _tag: "Loading" }
  | { readonly _tag: "Ready"; readonly value: A }
  | { readonly _tag: "Failed"; readonly failure: ApiFailure }

/** Runs a request when a page opens, or its `request` changes; gives it up when the page closes. */
export const useLoad = <A>(
  request: Effect.Effect<A, ApiFailure, ParleyClient>,
): { readonly loaded: Loaded<A>; readonly reload: () => void } => {
  const { runtime } = useParley()
  const [loaded, setLoaded] = useState<Loaded<A>>({ _tag: "Loading" })
  const [round, setRound] = useState(0)
  useEffect(() => {
    setLoaded({ _tag: "Loading" })
    return runtime.runCallback(
      Effect.match(request, {
        onFailure: (failure) => setLoaded({ _tag: "Failed", failure }),
        onSuccess: (value) => setLoaded({ _tag: "Ready", value }),
      }),
    )
  }, [runtime, request, round])
  const reload = useCallback(() => setRound((round) => round + 1), [])
  return { loaded, reload }
}
