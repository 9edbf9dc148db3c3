import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { flags } from "../../src/roles/CommandLine.ts"
import { settings } from "../../src/roles/Settings.ts"
import { parley, projectRoot } from "./Run.ts"

const inFolder = <A, E, R>(use: (folder: string) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    return yield* use(yield* files.makeTempDirectoryScoped())
  }).pipe(Effect.scoped, Effect.provide(BunContext.layer))

describe("parley --help", () => {
  it.live("lists every role that is built, and no other", () =>
    inFolder((cwd) =>
      Effect.gen(function* () {
        const files = yield* FileSystem.FileSystem
        const { code, stderr, stdout } = yield* parley(["--help"], { cwd })
        assert.deepStrictEqual([code, stderr], [0, ""])
        const listed = [...stdout.matchAll(/^ {2}- (\w+) /gm)].map(([, name]) => name)
        assert.deepStrictEqual(listed, Object.keys(flags))
        for (const name of listed) assert.isTrue(yield* files.exists(`${projectRoot}src/roles/${name}.ts`), name)
        assert.notInclude(stdout, "\u001b")
      }),
    ),
  )

  for (const [command, names] of Object.entries(flags))
    it.live(`${command} --help explains its flags, gives examples and its environment`, () =>
      inFolder((cwd) =>
        Effect.gen(function* () {
          const { code, stdout } = yield* parley([command, "--help"], { cwd })
          assert.strictEqual(code, 0)
          for (const name of names) assert.match(stdout, new RegExp(`^${name}\\b`, "m"))
          assert.include(stdout, `Examples:\n  parley ${command}`)
          assert.match(stdout, /Environment:\n {2}[A-Z]/)
          const documented = settings.filter(({ name }) => stdout.includes(`  ${name} `))
          assert.isAtLeast(documented.length, 5)
        }),
      ),
    )
})

const mistakes: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
  [["doctr"], /Invalid subcommand for parley - use one of 'dev', 'agent', 'talk', 'doctor'\n.*parley --help/],
  [["talk"], /Missing argument <FILE.wav>\n.*parley talk --help/],
  [["talk", "--jsn", "a.wav"], /parley talk: there is no flag --jsn\nDid you mean --json\?/],
  [["doctor", "--verbose-everything"], /there is no flag --verbose-everything\nRun `parley doctor --help`/],
  [["doctor", "--port", "many"], /'many' is not a integer\n.*parley doctor --help/],
]

describe("parley refuses", () => {
  for (const [args, message] of mistakes)
    it.live(args.join(" "), () =>
      inFolder((cwd) =>
        Effect.gen(function* () {
          const { code, stderr, stdout } = yield* parley(args, { cwd })
          assert.strictEqual(code, 1)
          assert.match(stderr.replaceAll("\n\n", "\n"), message)
          assert.strictEqual(stdout, "")
        }),
      ),
    )

  for (const [name, value] of [
    ["PARLEY_LOG_LEVEL", "loud"],
    ["PARLEY_LOG", "blinking"],
    ["PARLEY_PORT", "many"],
  ] as const)
    it.live(`${name}=${value}, by name`, () =>
      inFolder((cwd) =>
        Effect.gen(function* () {
          const { code, stderr } = yield* parley(["doctor"], { cwd, env: { [name]: value } })
          assert.strictEqual(code, 1)
          assert.include(stderr, name)
          assert.isBelow(stderr.trim().split("\n").length, 4)
        }),
      ),
    )
})
