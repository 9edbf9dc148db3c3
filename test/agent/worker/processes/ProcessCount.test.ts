import { FileSystem } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Either, Schema } from "effect"
import { availableParallelism } from "node:os"
import * as ProcessCount from "../../../../src/agent/worker/processes/ProcessCount.ts"

const limited = (content: string) => FileSystem.layerNoop({ readFileString: () => Effect.succeed(content) })
const resolved = (content: string) => ProcessCount.resolve("auto").pipe(Effect.provide(limited(content)))

describe("the number of processes", () => {
  it.effect("is what was said", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Effect.provide(ProcessCount.resolve(7), limited("100000 100000")), 7)
    }),
  )

  it.effect("is one a core by default, and no more than a container's limit is worth", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* resolved("100000 100000\n"), 1)
      assert.strictEqual(yield* resolved("50000 100000\n"), 1)
      assert.strictEqual(yield* resolved("max 100000\n"), availableParallelism())
      assert.strictEqual(yield* resolved("not what it was"), availableParallelism())
      const elsewhere = Effect.provide(ProcessCount.resolve("auto"), FileSystem.layerNoop({}))
      assert.strictEqual(yield* elsewhere, availableParallelism())
    }),
  )

  it("is refused when it makes no sense", () => {
    const decode = Schema.decodeUnknownEither(ProcessCount.ProcessCount)
    assert.deepStrictEqual(decode("auto"), Either.right("auto"))
    assert.deepStrictEqual(decode("4"), Either.right(4))
    for (const bad of ["0", "-1", "1.5", "many", "257"]) assert.isTrue(Either.isLeft(decode(bad)), bad)
  })
})
