import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, type Layer, ManagedRuntime } from "effect"
import { silence } from "../../src/domain/speech/PcmFrame.ts"
import { TurnDetector } from "../../src/domain/speech/TurnDetector.ts"

/** What every turn detector promises. Thresholds are wide: models differ, but none may confuse these. */
export const turnDetectorContract = <E>(name: string, live: Layer.Layer<TurnDetector, E>) =>
  describe(`TurnDetector contract: ${name}`, () => {
    // Not `layer` of @effect/vitest: it changes `it.effect` for the whole file.
    const runtime = ManagedRuntime.make(live)
    afterAll(() => runtime.dispose())
    const test = <E>(title: string, self: Effect.Effect<void, E, TurnDetector>, millis = 5_000) =>
      it.live(title, () => Effect.provide(self, runtime), millis)

    const ask = (transcript: string, language = "en") =>
      Effect.flatMap(TurnDetector, (detector) =>
        detector.finished({ transcript, language, audio: () => silence(500, 16_000) }),
      )

    test(
      "answers a likelihood for whatever it is told",
      Effect.gen(function* () {
        for (const language of ["en", "en-GB", "de", "ja", "xx"]) {
          for (const text of ["", " ", "...", "hello", "漢字。", "\u0000", "a ".repeat(20_000)]) {
            const likelihood = yield* ask(text, language)
            assert.isAtLeast(likelihood, 0)
            assert.isAtMost(likelihood, 1)
          }
        }
      }),
    )

    test(
      "a finished sentence is more of an end than a broken-off one",
      Effect.gen(function* () {
        const finished = yield* ask("What is the weather like in Paris today?")
        const brokenOff = yield* ask("I would like to order two tickets and")
        assert.isAbove(finished, 0.7)
        assert.isBelow(brokenOff, 0.4)
      }),
    )

    test(
      "says what it is",
      Effect.map(TurnDetector, (detector) => assert.match(detector.name, /\S/)),
    )
  })
