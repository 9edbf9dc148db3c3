import { copyFileSync, mkdtempSync, renameSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { Console, Effect } from "effect"
import { cannot, run } from "./Install.ts"

/** Rooms for audio: built from its source, which the Go module proxy has. */
const program = "livekit-server"
const version = "1.13.5"
const source = "github.com/livekit/livekit-server/cmd/server"
const folder = "/usr/local/bin"

/** Older ones cannot fetch the version that the source asks for, 1.26, themselves. */
const goMinorMin = 21

const saidBy = (command: ReadonlyArray<string>): string =>
  Bun.spawnSync([...command])
    .stdout.toString()
    .trim()

const isThere = (): boolean => {
  const found = Bun.which(program)
  return found !== null && saidBy([found, "--version"]).endsWith(` ${version}`)
}

const goMinor = (): number => {
  const go = Bun.which("go")
  return go === null ? 0 : Number(/go1\.(\d+)/.exec(saidBy([go, "version"]))?.[1] ?? 0)
}

const place = (built: string) =>
  Effect.try({
    try: () => {
      // Copied beside its place first: the folders may lie on two disks, and a program that is half there is none.
      copyFileSync(`${built}/server`, `${folder}/.${program}`)
      renameSync(`${folder}/.${program}`, `${folder}/${program}`)
    },
    catch: (cause) => cannot(`${program} cannot be put into ${folder}: ${cause}. Run this as root, or with sudo`),
  })

/** Builds the version that the tests are written for, unless it is there. */
export const installLiveKit = Effect.gen(function* () {
  if (isThere()) return
  if (goMinor() < goMinorMin) {
    return yield* cannot(
      `${program} ${version} is built with Go 1.${goMinorMin} or newer, which is not on the PATH (Debian 12 has 1.19): https://go.dev/dl`,
    )
  }
  yield* Console.log(`services: ${program} ${version} is built from its source; that takes about three minutes`)
  yield* Effect.acquireUseRelease(
    Effect.sync(() => mkdtempSync(`${tmpdir()}/livekit-`)),
    (built) =>
      Effect.zipRight(
        run("go install", ["go", "install", `${source}@v${version}`], { GOBIN: built, GOTOOLCHAIN: "auto" }),
        place(built),
      ),
    (built) => Effect.sync(() => rmSync(built, { recursive: true })),
  )
  if (!isThere()) return yield* cannot(`${program} ${version} is in ${folder} now, which is not first on the PATH`)
})
