import { Console, Data, Duration, Effect, Schedule } from "effect"

export class CannotInstall extends Data.TaggedError("CannotInstall")<{ readonly message: string }> {}

export const cannot = (message: string) => new CannotInstall({ message })

const sayEvery = Duration.seconds(30)

/** Runs a program to its end and shows what it says; interrupting ends it. On work that takes long there is a word now and then. */
export const run = (
  name: string,
  command: ReadonlyArray<string>,
  env: Record<string, string> = {},
): Effect.Effect<void, CannotInstall> =>
  Effect.acquireUseRelease(
    Effect.try({
      try: () =>
        Bun.spawn([...command], {
          stdin: "ignore",
          stdout: "inherit",
          stderr: "inherit",
          env: { ...Bun.env, ...env },
        }),
      catch: (cause) => cannot(`${name} was not started: ${cause}`),
    }),
    (child) => Effect.promise(() => child.exited),
    (child) => Effect.sync(() => child.kill()),
  ).pipe(
    Effect.filterOrFail(
      (exitCode) => exitCode === 0,
      (exitCode) => cannot(`${name} ended with ${exitCode}`),
    ),
    Effect.raceFirst(
      Effect.schedule(Console.log(`services: ${name} is still at work`), Schedule.spaced(sayEvery)).pipe(
        Effect.zipRight(Effect.never),
      ),
    ),
    Effect.asVoid,
  )
