import { homedir } from "node:os"
import { Effect } from "effect"
import { BenchmarkError } from "../Benchmark.ts"
import * as Background from "./Background.ts"
import type { Ask } from "./PeoplePlan.ts"
import type { Stage } from "./Stage.ts"

/** One side of a comparison: a worker that was started, and how it is asked. */
export interface Running {
  readonly pid: number
  readonly ask: Ask
  readonly marksFile: string
}

export interface Side {
  readonly name: string
  readonly isOurs: boolean
  /** Undefined: it is there. */
  readonly missing: () => string | undefined
  readonly command: () => ReadonlyArray<string>
  readonly env: (stage: Stage) => Record<string, string>
  readonly ask: (stage: Stage, agentName: string) => Ask
}

const here = (path: string) => new URL(path, import.meta.url).pathname
const pythonFolder = `${homedir()}/.cache/parley-bench/python`
const byName = (_: Stage, agentName: string): Ask => ({ _tag: "LiveKit", agentName })
const no = () => undefined
const noEnv = () => ({})

const ours = { isOurs: true, missing: no, command: () => [process.execPath, here("parley/worker.ts")] } as const
const python = `${pythonFolder}/bin/python`

export const sides = {
  queue: {
    ...ours,
    name: "parley, our queue",
    env: ({ redisUrl }) => ({ BENCH_DOOR: "queue", REDIS_URL: redisUrl }),
    ask: ({ redisUrl }) => ({ _tag: "Queue", redisUrl }),
  },
  liveKitDoor: {
    ...ours,
    name: "parley, LiveKit's dispatch",
    env: ({ redisUrl }) => ({ BENCH_DOOR: "livekit", REDIS_URL: redisUrl }),
    ask: byName,
  },
  bun: {
    name: "agents-js on Bun",
    isOurs: false,
    missing: no,
    command: () => [process.execPath, here("peers/agent.mjs"), "start"],
    env: noEnv,
    ask: byName,
  },
  node: {
    name: "agents-js on Node",
    isOurs: false,
    missing: () => (Bun.which("node") === null ? "Node is not installed" : undefined),
    command: () => ["node", here("peers/agent.mjs"), "start"],
    env: noEnv,
    ask: byName,
  },
  python: {
    name: "agents in Python",
    isOurs: false,
    missing: () =>
      Bun.which(python) === null
        ? `not installed: python3 -m venv ${pythonFolder} && ${pythonFolder}/bin/pip install -r ${here("peers/requirements.txt")}`
        : undefined,
    command: () => [python, here("peers/agent.py"), "start"],
    env: () => ({ BENCH_ADMIT: "all" }),
    ask: byName,
  },
} satisfies Record<string, Side>

/** Registered, with whatever it keeps warm. */
const warmUp = "12 seconds"

/** Starts the side's worker, until the scope closes. */
export const start = (side: Side, stage: Stage, port: number) =>
  Effect.gen(function* () {
    const lacks = side.missing()
    if (lacks !== undefined) return yield* new BenchmarkError({ message: `${side.name}: ${lacks}` })
    const id = side.name.replaceAll(/\W+/g, "-")
    const agentName = `bench-${id}`
    const marksFile = `${stage.folder}/${id}-${port}.marks`
    const pid = yield* Background.start({
      name: side.name,
      command: side.command(),
      logFile: `${stage.folder}/${id}.log`,
      env: {
        LIVEKIT_URL: stage.server.url,
        LIVEKIT_API_KEY: stage.server.key,
        LIVEKIT_API_SECRET: stage.server.secret,
        BENCH_AGENT: agentName,
        BENCH_MARKS: marksFile,
        BENCH_PORT: `${port}`,
        ...side.env(stage),
      },
    })
    yield* Effect.sleep(warmUp)
    const running: Running = { pid, marksFile, ask: side.ask(stage, agentName) }
    return running
  })
