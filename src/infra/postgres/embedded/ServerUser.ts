import { FileSystem } from "@effect/platform"
import { Effect, Option } from "effect"
import { fromPlatform } from "./EmbeddedPostgresError.ts"
import { type RunAs, run } from "./Subprocess.ts"

/** PostgreSQL refuses to run as root. None of its files are anyone else's, so the least of all users will do. */
const fallbackUser = { uid: 65_534, gid: 65_534 }

const isRoot = () => process.getuid?.() === 0

/** The user that runs the server: ourselves, or, for root, the owner of the first of `paths` that is not root's, or `nobody`. */
export const choose = Effect.fnUntraced(function* (paths: ReadonlyArray<string>) {
  if (!isRoot()) return undefined
  const fs = yield* FileSystem.FileSystem
  for (const path of paths) {
    const owner = yield* fs.stat(path).pipe(Effect.option)
    const uid = Option.flatMap(owner, (info) => info.uid)
    if (Option.isSome(owner) && Option.isSome(uid) && uid.value !== 0) {
      return { uid: uid.value, gid: Option.getOrElse(owner.value.gid, () => uid.value) }
    }
  }
  const users = yield* fs.readFileString("/etc/passwd").pipe(Effect.orElseSucceed(() => ""))
  const fields = users
    .split("\n")
    .find((line) => line.startsWith("nobody:"))
    ?.split(":")
  // macOS writes -2 for what the kernel calls 4294967294.
  return fields === undefined ? fallbackUser : { uid: Number(fields[2]) >>> 0, gid: Number(fields[3]) >>> 0 }
})

/** Can this user work in the directory? Asked of the kernel, which alone knows about parents, mounts and access lists. */
export const canReach = (runAs: RunAs, directory: string): Effect.Effect<boolean> =>
  runAs === undefined
    ? Effect.succeed(true)
    : run("/bin/sh", ["-c", 'cd "$0" && test -w .', directory], { runAs, cwd: "/" }).pipe(
        Effect.map(({ exitCode }) => exitCode === 0),
      )

/** Makes a path the server user's own. Not needed, and not done, when that is us. */
export const own = (path: string, runAs: RunAs) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    runAs === undefined ? Effect.void : fs.chown(path, runAs.uid, runAs.gid).pipe(Effect.mapError(fromPlatform(path))),
  )
