import { FetchHttpClient } from "@effect/platform"
import { Console, Effect, Option } from "effect"
import * as EmbeddedLiveKit from "../../../src/infra/livekit/EmbeddedLiveKit.ts"

/** A process that starts an embedded LiveKit server, says its process id, and holds it until it is killed. */
await EmbeddedLiveKit.make().pipe(
  Effect.flatMap((server) => server.pid),
  Effect.flatMap((pid) => Console.log(`pid ${Option.getOrElse(pid, () => 0)}`)),
  Effect.zipRight(Effect.never),
  Effect.provide(FetchHttpClient.layer),
  Effect.scoped,
  Effect.runPromise,
)
