import { Data, Effect, Schedule } from "effect"

const looks = Schedule.spaced("20 millis").pipe(Schedule.intersect(Schedule.recurUpTo("15 seconds")))

class StillNot extends Data.TaggedError("StillNot")<{ readonly value: string }> {
  override get message(): string {
    return `is still ${this.value}`
  }
}

/** Waits until it is so; what it is by then is in the failure. */
export const eventually = <A, E, R>(look: Effect.Effect<A, E, R>, isSo: (value: A) => boolean) =>
  look.pipe(
    Effect.filterOrFail(isSo, (value) => new StillNot({ value: JSON.stringify(value) })),
    Effect.retry(looks),
  )
