import { Clock, Effect, Random } from "effect"

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")
const bits = (count: number) => Random.nextIntBetween(0, 2 ** count)

/**
 * A version 7 UUID (RFC 9562): the millisecond, then 74 random bits. Made of Clock and Random so that a test decides
 * both; the millisecond keeps two processes apart whose random seeds happen to be equal.
 */
export const uuidV7: Effect.Effect<string> = Effect.gen(function* () {
  const millis = hex(yield* Clock.currentTimeMillis, 12)
  const a = hex(0x7000 + (yield* bits(12)), 4)
  const b = hex(0x8000 + (yield* bits(14)), 4)
  const c = hex(yield* bits(24), 6) + hex(yield* bits(24), 6)
  return `${millis.slice(0, 8)}-${millis.slice(8)}-${a}-${b}-${c}`
})
