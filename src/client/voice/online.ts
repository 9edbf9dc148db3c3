import { Effect } from "effect"

/** The device says that it has a network again: no need to wait on. */
export const online: Effect.Effect<void> = Effect.async<void>((resume) => {
  const listener = () => resume(Effect.void)
  window.addEventListener("online", listener, { once: true })
  return Effect.sync(() => window.removeEventListener("online", listener))
})
