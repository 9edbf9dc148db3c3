import { FetchHttpClient } from "@effect/platform"
import { Console, Effect } from "effect"
import type { ModelPaths } from "../providers/embedded/Models.ts"
import { type Check, render } from "./Check.ts"
import { hostname } from "./Defaults.ts"
import * as LocalChecks from "./LocalChecks.ts"
import * as ReachChecks from "./ReachChecks.ts"
import { RoleRefusal } from "./RoleFailure.ts"

export interface DoctorOptions {
  readonly json: boolean
  readonly port: number
  readonly dataFolder: string
  /** Where the models are; what is not named lies in its package. */
  readonly models?: ModelPaths
}

/** All that can be looked at without starting anything, in the order in which it is shown. */
export const examine = ({ dataFolder, models, port }: DoctorOptions) =>
  Effect.all(
    [
      LocalChecks.runtime,
      LocalChecks.configured,
      LocalChecks.dataFolder(dataFolder),
      Effect.map(ReachChecks.database, (check) => [check]),
      ReachChecks.speech(models ?? {}),
      Effect.map(ReachChecks.languageModel, (check) => [check]),
      Effect.map(ReachChecks.port(hostname, port), (check) => [check]),
    ],
    { concurrency: "unbounded" },
  ).pipe(
    Effect.map((groups): ReadonlyArray<Check> => groups.flat()),
    Effect.provide(FetchHttpClient.layer),
  )

export const run = Effect.fn("doctor.run")(function* (options: DoctorOptions) {
  const checks = yield* examine(options)
  const healthy = checks.every(({ status }) => status !== "broken")
  yield* Console.log(options.json ? JSON.stringify({ healthy, checks }, null, 2) : render(checks))
  if (!healthy) return yield* new RoleRefusal()
})
