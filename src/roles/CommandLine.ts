import { Args, CliConfig, Command, HelpDoc, Options } from "@effect/cli"
import { Config, Effect, Option } from "effect"
import { ProcessCount } from "../agent/worker/processes/ProcessCount.ts"
import { dataFolderDefault, portDefault } from "./Defaults.ts"
import { type Setting, settings } from "./Settings.ts"

const help = (...paragraphs: ReadonlyArray<string>) => HelpDoc.blocks(paragraphs.map((text) => HelpDoc.p(text)))

const nameLengthMax = Math.max(...settings.map(({ name }) => name.length))

const environment = (isRead: (setting: Setting) => boolean = () => true) =>
  [
    "Environment:",
    ...settings
      .filter(isRead)
      .map(({ description, fallback, name }) => `  ${name.padEnd(nameLengthMax)} ${description}; default: ${fallback}`),
  ].join("\n")

const port = Options.integer("port").pipe(
  Options.withDescription(`The port of the web app on 127.0.0.1; default ${portDefault}`),
  Options.withFallbackConfig(Config.integer("PARLEY_PORT")),
  Options.withDefault(portDefault),
)

const data = Options.text("data").pipe(
  Options.withPseudoName("DIR"),
  Options.withDescription("The folder that keeps what is made ready once, and the database; default ~/.parley"),
  Options.withFallbackConfig(Config.nonEmptyString("PARLEY_DATA")),
  Options.optional,
)

const json = Options.boolean("json").pipe(Options.withDescription("Print one JSON document on stdout and nothing else"))

const dataFolder = (folder: Option.Option<string>) =>
  Option.match(folder, { onNone: () => dataFolderDefault, onSome: Effect.succeed })

const doctor = Command.make("doctor", { json, port, data }, ({ data, json, port }) =>
  Effect.gen(function* () {
    const role = yield* Effect.promise(() => import("./doctor.ts"))
    yield* role.run({ json, port, dataFolder: yield* dataFolder(data) })
  }),
).pipe(
  Command.withDescription(
    help(
      "Says what is configured, what is reachable, whether the model files are whole, and what to do about what is not. Exits with 1 when something is broken. Starts nothing and changes nothing.",
      "Examples:\n  parley doctor\n  parley doctor --json | jq '.checks[] | select(.status == \"broken\")'",
      environment(),
    ),
  ),
)

const talk = Command.make(
  "talk",
  {
    file: Args.text({ name: "FILE.wav" }).pipe(
      Args.withDescription("What the person says: a WAV of any rate and width, mono or not, at most an hour long"),
    ),
    out: Options.text("out").pipe(
      Options.withPseudoName("REPLY.wav"),
      Options.withDescription("Write what the person heard of the assistant to this file"),
      Options.optional,
    ),
    json,
    data,
    fast: Options.boolean("fast").pipe(
      Options.withDescription("Skip all waiting: as quick as the engines can answer, with the same turns and timings"),
    ),
  },
  ({ data, ...options }) =>
    Effect.gen(function* () {
      const role = yield* Effect.promise(() => import("./talk.ts"))
      yield* role.run({ ...options, dataFolder: yield* dataFolder(data) })
    }),
).pipe(
  Command.withDescription(
    help(
      "Plays a recording into a conversation, in real time, and prints both transcripts and when each stage of each turn was reached. The same engine as in the browser; nothing is stored.",
      "Examples:\n  parley talk question.wav\n  parley talk question.wav --out answer.wav\n  parley talk interview.wav --fast --json | jq .percentiles",
      environment(({ name }) => !["PARLEY_PORT", "PARLEY_GREETING"].includes(name) && !name.startsWith("DATABASE_")),
    ),
  ),
)

const dev = Command.make(
  "dev",
  {
    port,
    data,
    open: Options.boolean("open").pipe(Options.withDescription("Open the page in the browser once it is ready")),
    withoutAssistants: Options.boolean("without-assistants").pipe(
      Options.withDescription(
        "Hold no conversations in LiveKit rooms in this process: `parley agent` does, over Redis",
      ),
    ),
  },
  ({ data, open, port, withoutAssistants }) =>
    Effect.gen(function* () {
      const role = yield* Effect.promise(() => import("./dev.ts"))
      yield* role.run({ open, port, assistants: !withoutAssistants, dataFolder: yield* dataFolder(data) })
    }),
).pipe(
  Command.withDescription(
    help(
      "Runs all of Parley in this process, on embedded parts where nothing else is configured, and prints a link. Ctrl-C ends it. Whoever reaches the link is the local user: it listens on 127.0.0.1 only.",
      "Examples:\n  parley dev --open\n  parley dev --port 8000 --data ./my-data\n  PARLEY_LLM_URL=http://127.0.0.1:8000/v1 parley dev",
      environment(),
    ),
  ),
)

const agent = Command.make(
  "agent",
  {
    data,
    processes: Options.text("processes").pipe(
      Options.withPseudoName("N|auto"),
      Options.withDescription(
        "Run so many processes under this one, or one a core; without it this process holds conversations itself",
      ),
      Options.withSchema(ProcessCount),
      Options.optional,
    ),
    worker: Options.text("worker").pipe(
      Options.withPseudoName("NAME"),
      Options.withDescription("What this worker is called among all; by default the machine's name and the process id"),
      Options.optional,
    ),
  },
  ({ data, processes, worker }) =>
    Effect.gen(function* () {
      const folder = yield* dataFolder(data)
      if (Option.isSome(processes)) {
        const role = yield* Effect.promise(() => import("./agents.ts"))
        return yield* role.run({ dataFolder: folder, processes: processes.value })
      }
      const role = yield* Effect.promise(() => import("./agent.ts"))
      yield* role.run({ dataFolder: folder, worker })
    }),
).pipe(
  Command.withDescription(
    help(
      "Holds conversations in rooms of a LiveKit server: claims those that wait in Redis, and serves what LiveKit itself dispatches. SIGTERM lets them come to their end (PARLEY_DRAIN_SECONDS), with a goodbye at last; a second one ends at once.",
      "Examples:\n  parley agent\n  parley agent --processes auto",
      environment(({ name }) => !["PARLEY_PORT", "PARLEY_MEDIA"].includes(name)),
    ),
  ),
)

/** What each command takes, for telling a mistyped flag. */
export const flags: Readonly<Record<string, ReadonlyArray<string>>> = {
  dev: ["--port", "--data", "--open", "--without-assistants"],
  agent: ["--data", "--processes", "--worker"],
  talk: ["--out", "--json", "--data", "--fast"],
  doctor: ["--json", "--port", "--data"],
}

const parley = Command.make("parley").pipe(
  Command.withDescription(
    help(
      "A self-hosted voice assistant.",
      [
        "  parley dev       run it here and talk in the browser",
        "  parley agent     hold conversations in rooms of a LiveKit server",
        "  parley talk      talk by a recording, and measure",
        "  parley doctor    what is configured, reachable and whole, and what to do",
      ].join("\n"),
      "`parley COMMAND --help` explains a command, its flags and its environment variables.",
    ),
  ),
  Command.withSubcommands([dev, agent, talk, doctor]),
)

export const cliConfig = CliConfig.layer({ showBuiltIns: false })
export const make = (version: string) => Command.run(parley, { name: "Parley", version, executable: "parley" })
