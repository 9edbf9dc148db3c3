import { Console, Effect, Layer } from "effect"

const plain = (values: ReadonlyArray<unknown>) =>
  values.map((value) => (typeof value === "string" ? Bun.stripANSI(value) : value))

/** Help is printed with colours whatever it is printed to; in a file or a pipe they are only noise. */
export const layer = Layer.unwrapEffect(
  Console.consoleWith((inner) =>
    Effect.succeed(
      Console.setConsole({
        ...inner,
        log: (...values) => inner.log(...(process.stdout.isTTY ? values : plain(values))),
        error: (...values) => inner.error(...(process.stderr.isTTY ? values : plain(values))),
      }),
    ),
  ),
)
