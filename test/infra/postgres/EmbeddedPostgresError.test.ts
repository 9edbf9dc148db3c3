import { assert, it } from "@effect/vitest"
import { fromOutput } from "../../../src/infra/postgres/embedded/EmbeddedPostgresError.ts"

const cases = [
  ["DiskFull", 'FATAL:  could not write lock file "postmaster.pid": No space left on device'],
  ["DiskFull", 'initdb: error: could not write to file "/d/base/1": No space left on device'],
  ["PortTaken", 'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use'],
  ["StillInUse", "FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use"],
  ["Unwritable", 'initdb: error: could not create directory "/d": Permission denied'],
  ["Unwritable", 'initdb: error: could not create directory "/d": Read-only file system'],
  ["Damaged", "PANIC:  could not locate a valid checkpoint record at 0/1"],
  ["Damaged", "postgres: could not find the database system"],
  ["Failed", "FATAL:  something new"],
  ["Failed", ""],
] as const

it.each(cases)("%s: %s", (reason, output) => {
  const error = fromOutput("starting the server", "/place", 5432, output)
  assert.strictEqual(error.reason._tag, reason)
  assert.isTrue(error.message.startsWith("embedded PostgreSQL: "))
  assert.match(error.message, /\/place|5432|starting the server/)
})
