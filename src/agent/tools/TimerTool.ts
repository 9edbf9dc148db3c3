import { Clock, type Context, Duration, Effect, FiberMap, Option, Ref, Schema } from "effect"
import type { ConversationControl } from "../../domain/conversation/ConversationControl.ts"
import { ToolError } from "../../domain/llm/Tool.ts"
import { define } from "./ToolDefinition.ts"

const name = "timer"
/** Timers that run at the same time in one conversation. */
export const timersMax = 10
export const timerSecondsMax = 86_400
const labelLengthMax = 60

interface Timer {
  readonly id: number
  readonly label: string
  readonly endsAtMillis: number
}

const wrong = (detail: string) => new ToolError({ tool: name, detail })
const asJson = Effect.map((value: unknown) => JSON.stringify(value))

const parameters = Schema.Struct({
  action: Schema.Literal("set", "list", "cancel").annotations({
    description:
      "set: starts one; list: which run, and how long each has left; cancel: stops one, or all without a label",
  }),
  seconds: Schema.optional(
    Schema.Number.pipe(Schema.int(), Schema.between(1, timerSecondsMax)).annotations({
      description: "How long, for set",
      title: "seconds",
    }),
  ),
  label: Schema.optional(
    Schema.String.pipe(Schema.maxLength(labelLengthMax)).annotations({
      description: "What it is for, such as tea",
      title: "label",
    }),
  ),
})

/** 90 -> `1 minute 30 seconds`, as it is said. */
export const spoken = (seconds: number): string => {
  const { days, hours, minutes, seconds: rest } = Duration.parts(Duration.seconds(seconds))
  const parts: ReadonlyArray<readonly [number, string]> = [
    [days * 24 + hours, "hour"],
    [minutes, "minute"],
    [rest, "second"],
  ]
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`)
    .join(" ")
}

/** Timers of one conversation: they end with its scope, and announce themselves when they run out. Answers are JSON. */
export const make = Effect.fnUntraced(function* (control: Context.Tag.Service<ConversationControl>) {
  const running = yield* FiberMap.make<number>()
  const timers = yield* Ref.make<ReadonlyMap<number, Timer>>(new Map())
  const ids = yield* Ref.make(0)

  const forget = (id: number) => Ref.update(timers, (all) => new Map([...all].filter(([each]) => each !== id)))

  const set = Effect.fnUntraced(function* (seconds: number, label: string) {
    if ((yield* Ref.get(timers)).size >= timersMax) return yield* wrong(`${timersMax} timers are running already`)
    const id = yield* Ref.updateAndGet(ids, (last) => last + 1)
    const endsAtMillis = (yield* Clock.currentTimeMillis) + seconds * 1000
    yield* Ref.update(timers, (all) => new Map(all).set(id, { id, label, endsAtMillis }))
    const done = label === "" ? `Your timer for ${spoken(seconds)} is done.` : `Your ${label} timer is done.`
    const run = Effect.sleep(Duration.seconds(seconds)).pipe(
      Effect.zipRight(forget(id)),
      Effect.zipRight(control.announce(done)),
    )
    yield* FiberMap.run(running, id, run)
    return { set: { seconds, label, spoken: spoken(seconds) } }
  })

  const list = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const all = [...(yield* Ref.get(timers)).values()]
    return {
      timers: all
        .sort((one, other) => one.endsAtMillis - other.endsAtMillis)
        .map(({ label, endsAtMillis }) => {
          const secondsLeft = Math.ceil((endsAtMillis - now) / 1000)
          return { label, secondsLeft, spoken: spoken(secondsLeft) }
        }),
    }
  })

  const cancel = Effect.fnUntraced(function* (label: Option.Option<string>) {
    const chosen = [...(yield* Ref.get(timers)).values()].filter((timer) =>
      Option.match(label, {
        onNone: () => true,
        onSome: (wanted) => timer.label.toLowerCase() === wanted.toLowerCase(),
      }),
    )
    yield* Effect.forEach(chosen, ({ id }) => Effect.zipRight(FiberMap.remove(running, id), forget(id)))
    return { cancelled: chosen.length }
  })

  return define({
    name,
    description: "Sets, lists and cancels timers. A timer is announced aloud when it runs out.",
    parameters,
    filler: "One moment.",
    run: ({ action, seconds, label }) => {
      const wanted = Option.filter(Option.fromNullable(label?.trim()), (text) => text !== "")
      if (action === "list") return asJson(list)
      if (action === "cancel") return asJson(cancel(wanted))
      return seconds === undefined
        ? wrong("seconds are missing")
        : asJson(
            set(
              seconds,
              Option.getOrElse(wanted, () => ""),
            ),
          )
    },
  })
})
