import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Random, Schema, TestClock } from "effect"
import { uuidV7 } from "../../src/domain/Uuid.ts"

const isUuid = Schema.is(Schema.UUID)

describe("a version 7 UUID", () => {
  it.effect("is one by its form: version 7, variant 10", () =>
    Effect.gen(function* () {
      for (let count = 0; count < 1_000; count++) {
        const id = yield* uuidV7
        expect(isUuid(id)).toBe(true)
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      }
    }),
  )

  it.effect("begins with the millisecond, so that ids sort by time", () =>
    Effect.gen(function* () {
      const ids: Array<string> = []
      for (const millis of [0, 1, 15, 1_000, 1_767_225_600_000]) {
        yield* TestClock.setTime(millis)
        const id = yield* uuidV7
        expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(millis)
        ids.push(id)
      }
      expect([...ids].sort()).toEqual(ids)
      yield* TestClock.adjust(Duration.days(1))
      expect((yield* uuidV7) > (ids.at(-1) ?? "")).toBe(true)
    }),
  )

  it.effect("differs from every other of the same millisecond", () =>
    Effect.gen(function* () {
      const ids = yield* Effect.replicateEffect(uuidV7, 20_000)
      expect(new Set(ids).size).toBe(20_000)
    }),
  )

  it.effect("is decided by Clock and Random alone", () =>
    Effect.gen(function* () {
      const seeded = Effect.withRandom(uuidV7, Random.make("seed"))
      expect(yield* seeded).toBe(yield* Effect.withRandom(uuidV7, Random.make("seed")))
      expect(yield* seeded).not.toBe(yield* Effect.withRandom(uuidV7, Random.make("another")))
    }),
  )

  it.effect("uses all of its random bits", () =>
    Effect.gen(function* () {
      const ids = yield* Effect.replicateEffect(uuidV7, 500)
      const digits = ids.map((id) => id.replaceAll("-", ""))
      for (let at = 13; at < 32; at++) {
        // Two bits of the digit after the version's group are the variant.
        const seen = new Set(digits.map((id) => id[at]))
        expect(seen.size, `digit ${at}`).toBe(at === 16 ? 4 : 16)
      }
    }),
  )
})
