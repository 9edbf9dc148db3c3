import { Config, Effect, Layer, Logger, LogLevel } from "effect"

export const levelNames = ["trace", "debug", "info", "warning", "error", "none"] as const
export const formatNames = ["auto", "pretty", "json"] as const

const level = Config.literal(...levelNames)("PARLEY_LOG_LEVEL").pipe(
  Config.withDefault("info"),
  Config.map((name) => LogLevel.fromLiteral(literals[name])),
)

const literals = {
  trace: "Trace",
  debug: "Debug",
  info: "Info",
  warning: "Warning",
  error: "Error",
  none: "None",
} as const

const format = Config.literal(...formatNames)("PARLEY_LOG").pipe(Config.withDefault("auto"))

/** Logs go to stderr, since stdout is for what was asked for: to be read on a terminal, else one JSON object a line. */
export const layerConfig = Layer.unwrapEffect(
  Effect.map(Effect.all([format, level]), ([name, minimum]) => {
    const pretty = name === "pretty" || (name === "auto" && process.stderr.isTTY)
    const logger = pretty
      ? Logger.prettyLogger({ stderr: true, mode: "tty" })
      : Logger.withConsoleError(Logger.jsonLogger)
    return Layer.merge(Logger.replace(Logger.defaultLogger, logger), Logger.minimumLogLevel(minimum))
  }),
)
