import { FileSystem, Path } from "@effect/platform"
import { Effect } from "effect"
import { EmbeddedPostgresReason, failWith, fromPlatform } from "./EmbeddedPostgresError.ts"
import { canReach, own } from "./ServerUser.ts"
import type { RunAs } from "./Subprocess.ts"

/** Only root ever needs it, and root can write there. */
export const unreachableFallback = "/var/lib/parley"

/**
 * The directory in which the server works: `root` itself, unless we are root and the user that runs the server cannot
 * reach it (as below `/root`). Then it is a directory of its own below `fallback`, and `root/home` is a link to it.
 */
export const resolve = Effect.fnUntraced(function* (options: {
  readonly root: string
  readonly fallback: string
  readonly runAs: RunAs
  readonly progress: (line: string) => Effect.Effect<void>
}) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { fallback, root, runAs } = options
  const link = path.join(root, "home")

  const linked = yield* fs.readLink(link).pipe(Effect.orElseSucceed(() => undefined))
  if (linked !== undefined) {
    return yield* fs
      .realPath(link)
      .pipe(
        Effect.mapError(() =>
          failWith(
            EmbeddedPostgresReason.Damaged({ path: link, detail: `the database was kept in ${linked}, which is gone` }),
          ),
        ),
      )
  }
  if (yield* canReach(runAs, root)) return root

  const home = path.join(fallback, crypto.randomUUID())
  yield* fs.makeDirectory(home, { recursive: true, mode: 0o755 }).pipe(Effect.mapError(fromPlatform(home)))
  yield* fs.chmod(home, 0o700).pipe(Effect.mapError(fromPlatform(home)))
  yield* own(home, runAs)
  if (!(yield* canReach(runAs, home))) {
    return yield* failWith(
      EmbeddedPostgresReason.Unwritable({
        path: root,
        detail: `PostgreSQL cannot run as root, and user id ${runAs?.uid} reaches neither this nor ${home}`,
      }),
    )
  }
  yield* fs.symlink(home, link).pipe(Effect.mapError(fromPlatform(link)))
  yield* options.progress(
    `PostgreSQL cannot run as root and its user cannot reach ${root}: the database is kept in ${home}, linked from ${link}`,
  )
  return home
})
