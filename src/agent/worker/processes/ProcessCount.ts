import { FileSystem } from "@effect/platform"
import { Effect, Schema } from "effect"
import { availableParallelism } from "node:os"

const processesMax = 256

/** The value of `--processes`: how many, or `auto`, one a core that this process may use. */
export const ProcessCount = Schema.Union(
  Schema.Literal("auto"),
  Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, processesMax)),
)
export type ProcessCount = typeof ProcessCount.Type

/** Where Linux says how much of the machine a container gets: "QUOTA PERIOD", both in microseconds, or "max PERIOD". */
const quotaPath = "/sys/fs/cgroup/cpu.max"

const coresOfQuota = (content: string): number => {
  const [quota, period] = content.trim().split(" ").map(Number)
  // Rounded up: half a core is worth a process.
  return quota === undefined || period === undefined || !(quota > 0) || !(period > 0)
    ? Infinity
    : Math.ceil(quota / period)
}

/** Cores, less those that a container's limit takes away. */
export const resolve = (count: ProcessCount): Effect.Effect<number, never, FileSystem.FileSystem> =>
  count === "auto"
    ? FileSystem.FileSystem.pipe(
        Effect.flatMap((files) => files.readFileString(quotaPath)),
        Effect.map(coresOfQuota),
        // Elsewhere than in a container there is no such file.
        Effect.orElseSucceed(() => Infinity),
        Effect.map((quota) => Math.max(1, Math.min(availableParallelism(), quota, processesMax))),
      )
    : Effect.succeed(count)
