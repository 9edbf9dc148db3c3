import { createServer } from "node:net"
import { Effect } from "effect"
import { EmbeddedPostgresReason, failWith, type EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"

/** A loopback port that nobody listens on now. Someone else may take it before we do: the caller tries again then. */
export const find: Effect.Effect<number, EmbeddedPostgresError> = Effect.async<number, EmbeddedPostgresError>(
  (resume) => {
    const server = createServer()
    const fail = (detail: string) =>
      resume(failWith(EmbeddedPostgresReason.Failed({ step: "finding a free port", detail })))
    server.once("error", (error) => fail(error.message))
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() =>
        address !== null && typeof address === "object" ? resume(Effect.succeed(address.port)) : fail("no address"),
      )
    })
  },
)
