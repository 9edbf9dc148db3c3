import { dirname } from "node:path"
import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { settings } from "../../src/roles/Settings.ts"
import { projectRoot } from "./Run.ts"

type Tree = Readonly<Record<string, string>>

/** What the linter says of a tree of files under the project's own rules. */
const lint = (tree: Tree) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped()
    yield* files.copyFile(`${projectRoot}.oxlintrc.json`, `${folder}/.oxlintrc.json`)
    for (const [path, text] of Object.entries(tree)) {
      yield* files.makeDirectory(dirname(`${folder}/${path}`), { recursive: true })
      yield* files.writeFileString(`${folder}/${path}`, text)
    }
    return yield* Effect.sync(() => {
      const { exitCode, stdout } = Bun.spawnSync([`${projectRoot}node_modules/.bin/oxlint`], { cwd: folder })
      return { exitCode, output: stdout.toString() }
    })
  }).pipe(Effect.scoped, Effect.provide(BunContext.layer))

const thing = "export const thing = 1\n"
const use = (from: string) => `import { thing } from "${from}"\nexport const used = thing\n`

const forbidden: ReadonlyArray<readonly [string, string, RegExp]> = [
  ["src/domain/a/A.ts", "../../infra/x/X.ts", /domain imports nothing but domain and effect/],
  ["src/domain/a/A.ts", "zod", /domain imports nothing but domain and effect/],
  ["src/providers/openai/A.ts", "../anthropic/X.ts", /no vendor imports another/],
  ["src/providers/openai/A.ts", "../../infra/postgres/X.ts", /providers import domain/],
  ["src/providers/openai/A.ts", "../../agent/x/X.ts", /providers import domain/],
  ["src/infra/a/A.ts", "../../providers/x/X.ts", /infra imports domain only/],
  ["src/agent/a/A.ts", "../../infra/x/X.ts", /agent imports domain only/],
  ["src/agent/a/A.ts", "../../roles/X.ts", /agent imports domain only/],
  ["src/http/api/A.ts", "../handlers/X.ts", /http\/api declares/],
  ["src/http/handlers/A.ts", "../../infra/x/X.ts", /http imports its api, services and domain/],
  ["src/client/a/A.ts", "../../providers/x/X.ts", /client imports http\/api and domain schemas/],
]

describe("lint holds the rooms apart", () => {
  for (const [file, from, message] of forbidden)
    it.live(`${file} must not import ${from}`, () =>
      Effect.gen(function* () {
        const target = from.startsWith(".") ? { [new URL(from, `file:///${file}`).pathname.slice(1)]: thing } : {}
        const { exitCode, output } = yield* lint({ [file]: use(from), ...target })
        assert.notStrictEqual(exitCode, 0)
        assert.match(output, message)
      }),
    )

  it.live("an import cycle fails", () =>
    Effect.gen(function* () {
      const tree = {
        "src/domain/A.ts": 'import { b } from "./B.ts"\nexport const a = () => b\n',
        "src/domain/B.ts": 'import { a } from "./A.ts"\nexport const b = () => a\n',
      }
      const { exitCode, output } = yield* lint(tree)
      assert.notStrictEqual(exitCode, 0)
      assert.include(output, "no-cycle")
    }),
  )

  it.live("what is allowed passes", () =>
    Effect.gen(function* () {
      const tree = {
        "src/domain/a/A.ts": thing,
        "src/domain/b/B.ts": 'import { Effect } from "effect"\nexport const nothing = Effect.void\n',
        "src/agent/a/A.ts": use("../../domain/a/A.ts"),
        "src/infra/a/A.ts": use("../../domain/a/A.ts"),
        "src/roles/dev.ts": use("../infra/a/A.ts").replaceAll("thing", "used").replace("const used", "const run"),
      }
      const { exitCode, output } = yield* lint(tree)
      assert.strictEqual(exitCode, 0, output)
    }),
  )
})

const read = (path: string) => Effect.promise(() => Bun.file(`${projectRoot}${path}`).text())

/** Every text of ours below some folders (and beside the README), with its path. */
const texts = (folders: ReadonlyArray<string>) =>
  Effect.forEach(
    [...folders.map((folder) => `${folder}/**/*`), "*"].flatMap((pattern) => [
      ...new Bun.Glob(`${pattern}.{ts,tsx,json,md,css,html,nix}`).scanSync({ cwd: projectRoot }),
    ]),
    (path) => Effect.map(read(path), (text) => ({ path, text })),
  )

const Versions = Schema.Record({ key: Schema.String, value: Schema.String })
const Manifest = Schema.parseJson(
  Schema.Struct({
    dependencies: Versions,
    devDependencies: Versions,
    optionalDependencies: Versions,
    overrides: Versions,
  }),
)

describe("the project", () => {
  it.live("pins every dependency to one version", () =>
    Effect.gen(function* () {
      const groups = yield* Schema.decode(Manifest)(yield* read("package.json"))
      const loose = Object.values(groups)
        .flatMap((group) => Object.entries(group))
        .filter(([, version]) => !/^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      assert.deepStrictEqual(loose, [])
    }),
  )

  it.live("keeps bun.lock at version 1, which other tools can read", () =>
    Effect.map(read("bun.lock"), (text) => assert.match(text, /^\{\s*"lockfileVersion": 1,/)),
  )

  it.live("knows no machine but the one it runs on", () =>
    Effect.gen(function* () {
      const machinePath = new RegExp(["/wo", "rk/|/ro", "ot/|/ho", "me/\\w|/Us", "ers/\\w"].join(""))
      const all = yield* texts(["src", "test", "bench", "scripts", "docs"])
      assert.isAbove(all.length, 100)
      const found = all.flatMap(({ path, text }) =>
        text.split("\n").flatMap((line) => (machinePath.test(line) ? [`${path}: ${line}`] : [])),
      )
      assert.deepStrictEqual(found, [])
    }),
  )

  it.live("documents every setting that it reads, in the README, too", () =>
    Effect.gen(function* () {
      const names = settings.map(({ name }) => name)
      const used = (yield* texts(["src"])).flatMap(({ text }) =>
        [...text.matchAll(/["'`]((?:PARLEY|OPENAI|DATABASE|LIVEKIT|REDIS|DISPATCH)_[A-Z_]+)["'`]/g)].map(
          ([, name]) => name,
        ),
      )
      assert.deepStrictEqual([...new Set(used)].sort(), [...names].sort())
      const readme = yield* read("README.md")
      assert.deepStrictEqual(
        names.filter((name) => !readme.includes(`| \`${name}\` |`)),
        [],
      )
    }),
  )
})
