#!/usr/bin/env bun
import { BunContext, BunRuntime } from "@effect/platform-bun"
import { Effect, Layer, Option } from "effect"
import * as CommandLine from "./roles/CommandLine.ts"
import * as Failure from "./roles/Failure.ts"
import * as Flags from "./roles/Flags.ts"
import * as Logging from "./roles/Logging.ts"
import * as PlainConsole from "./roles/PlainConsole.ts"
import { RoleFailure } from "./roles/RoleFailure.ts"
import { version } from "./roles/Version.ts"

const [name, ...args] = process.argv.slice(2)
const known = name === undefined ? undefined : CommandLine.flags[name]
const command = known === undefined ? "parley" : `parley ${name}`

const refuseUnknown = Option.match(known === undefined ? Option.none() : Flags.unknown(known, args), {
  onNone: () => Effect.void,
  onSome: ({ flag, near }) =>
    new RoleFailure({
      message: `there is no flag ${flag}`,
      hint: Option.match(near, {
        onNone: () => `Run \`${command} --help\` to see which there are.`,
        onSome: (flag) => `Did you mean ${flag}?`,
      }),
    }),
})

refuseUnknown.pipe(
  Effect.zipRight(CommandLine.make(version)(process.argv)),
  Effect.provide(Layer.mergeAll(BunContext.layer, CommandLine.cliConfig, Logging.layerConfig)),
  Effect.tapErrorCause(Failure.report(command)),
  Effect.provide(PlainConsole.layer),
  BunRuntime.runMain({ disableErrorReporting: true, disablePrettyLogger: true }),
)
