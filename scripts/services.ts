/** Installs what the tests need and npm does not have. Does nothing, and says so, when all of it is there. */
import { Console, Effect } from "effect"
import { installLiveKit } from "./services/LiveKitServer.ts"
import { installPackages } from "./services/Packages.ts"

const install = Effect.all([
  installPackages,
  installLiveKit,
  Console.log("services: all that the tests need is installed"),
])

await install.pipe(
  Effect.catchAll((error) =>
    Console.error(`services: ${error.message}`).pipe(Effect.zipRight(Effect.sync(() => process.exit(1)))),
  ),
  Effect.runPromise,
)
