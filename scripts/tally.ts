/** Counts vitest's JSON report (its path is the argument): `N passed, N failed, N skipped`. Exits with 1 unless all passed and none was skipped. */
import { Console, Effect, Schema } from "effect"

const Report = Schema.parseJson(
  Schema.Struct({
    testResults: Schema.Array(
      Schema.Struct({
        name: Schema.String,
        status: Schema.String,
        assertionResults: Schema.Array(Schema.Struct({ fullName: Schema.String, status: Schema.String })),
      }),
    ),
  }),
)

const tally = Effect.gen(function* () {
  const path = process.argv[2] ?? ""
  const { testResults } = yield* Schema.decode(Report)(yield* Effect.tryPromise(() => Bun.file(path).text()))
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  /** A file that could not be loaded has no tests that could fail; one that fails before or after its tests has none that did. */
  const broken = testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every(({ status }) => status !== "failed"),
  )
  const failed = tests.filter(({ status }) => status === "failed").length + broken.length
  const passed = tests.filter(({ status }) => status === "passed").length
  const skipped = tests.filter(({ status }) => status !== "passed" && status !== "failed")
  yield* Effect.forEach(broken, ({ name }) => Console.log(`failed outside of its tests: ${name}`))
  yield* Effect.forEach(skipped, ({ fullName }) => Console.log(`skipped: ${fullName}`))
  yield* Console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`)
  return passed > 0 && failed === 0 && skipped.length === 0
})

const succeeded = await tally.pipe(
  Effect.catchAll(() => Effect.as(Console.log("there is no report\n0 passed, 1 failed, 0 skipped"), false)),
  Effect.runPromise,
)
process.exit(succeeded ? 0 : 1)
