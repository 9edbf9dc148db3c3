import { BunRuntime } from "@effect/platform-bun"
import { Clock, Console, Effect, Schedule, Schema, type Scope } from "effect"
import { LoadEvent, LoadPlan } from "./LoadPlan.ts"
import * as Person from "./Person.ts"
import * as TurnMeter from "./TurnMeter.ts"

/** How long sessions are left to settle before anybody speaks. */
const settle = "500 millis"

const tell = (event: LoadEvent) => Effect.flatMap(Schema.encode(Schema.parseJson(LoadEvent))(event), Console.log)

type Open = (plan: LoadPlan, meter: TurnMeter.TurnMeter) => Effect.Effect<Person.Session, never, Scope.Scope>

/** Each side is loaded in its own process only, so that neither carries the other's code. */
const opener = (side: LoadPlan["side"]): Effect.Effect<Open> =>
  side === "parley"
    ? Effect.map(
        Effect.promise(() => import("../parley/ParleySession.ts")),
        ({ open }): Open => open,
      )
    : Effect.promise(() => import("../peer/AgentSessionPeer.ts")).pipe(
        Effect.tap(({ prepare }) => prepare),
        Effect.map(({ open }): Open => open),
      )

/** An allocator gives pages back a little after they are free, and turns go on meanwhile: the least of some readings is what stays. */
const readings = 20
const readingPause = "200 millis"

const residentBytes = Effect.gen(function* () {
  let least = Number.POSITIVE_INFINITY
  for (let reading = 0; reading < readings; reading++) {
    least = Math.min(least, process.memoryUsage.rss())
    yield* Effect.sleep(readingPause)
  }
  return least
})

const sampleMemory = (plan: LoadPlan, meters: ReadonlyArray<TurnMeter.TurnMeter>, startMillis: number) =>
  Effect.gen(function* () {
    Bun.gc(true)
    const { heapUsed } = process.memoryUsage()
    const turns = meters.reduce((sum, meter) => sum + meter.turns(), 0)
    for (const meter of meters) meter.take()
    const seconds = ((yield* Clock.currentTimeMillis) - startMillis) / 1_000
    const rssBytes = yield* residentBytes
    yield* tell({ _tag: "MemorySample", seconds, rssBytes, heapBytes: heapUsed, turns })
  }).pipe(Effect.repeat(Schedule.fixed(plan.memoryEverySeconds * 1_000)))

/** Brings a process to where it is after some minutes of work: code is compiled when it has run often. */
const warmUp = (plan: LoadPlan, open: Open) =>
  Effect.gen(function* () {
    const sessions = yield* Effect.forEach(Array.from({ length: plan.warmUpSessions }, TurnMeter.make), (meter) =>
      open(plan, meter),
    )
    yield* Effect.sleep(settle)
    yield* Effect.forkScoped(Person.speak(sessions, plan))
    yield* Effect.sleep(plan.warmUpSeconds * 1_000)
  })

const run = Effect.gen(function* () {
  const plan = yield* Schema.decodeUnknown(Schema.parseJson(LoadPlan))(process.argv[2])
  const open = yield* opener(plan.side)
  if (plan.warmUpSessions > 0) yield* Effect.scoped(warmUp(plan, open))
  const meters = Array.from({ length: plan.sessions }, TurnMeter.make)
  const sessions = yield* Effect.forEach(meters, (meter) => open(plan, meter))
  yield* Effect.sleep(settle)
  yield* Effect.forkScoped(Person.speak(sessions, plan))
  yield* Effect.sleep(plan.warmUpSeconds * 1_000)
  for (const meter of meters) meter.take()
  const startMillis = yield* Clock.currentTimeMillis
  const cpu = process.cpuUsage()
  if (plan.memoryEverySeconds > 0) yield* Effect.forkScoped(sampleMemory(plan, meters, startMillis))
  yield* Effect.sleep(plan.seconds * 1_000)
  const { system, user } = process.cpuUsage(cpu)
  const passedMillis = (yield* Clock.currentTimeMillis) - startMillis
  const taken = meters.map((meter) => meter.take())
  yield* tell({
    _tag: "LoadResult",
    latencies: taken.flatMap(({ latencies }) => latencies),
    unanswered: taken.reduce((sum, { unanswered }) => sum + unanswered, 0),
    cores: (user + system) / 1_000 / passedMillis,
  })
  // Ending twenty sessions politely is no part of what is measured.
  process.exit(0)
}).pipe(Effect.scoped)

BunRuntime.runMain(run)
