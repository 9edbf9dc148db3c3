import { Duration, Effect, Mailbox, Option } from "effect"
import { Worker } from "../Worker.ts"
import { defaultPolicy } from "./ProcessPolicy.ts"
import { decodeOrder, type ProcessOrder, type ProcessReport } from "./ProcessProtocol.ts"

/** This process was started by a supervisor. */
export const isSupervised = (): boolean => process.send !== undefined

const ordersWaitingMax = 16
const drainAlone: ProcessOrder = { _tag: "Drain", withinMillis: null }

/** Orders as they come; the end of the supervisor is one to drain. */
const orders = Effect.gen(function* () {
  const mailbox = yield* Mailbox.make<ProcessOrder>({ capacity: ordersWaitingMax, strategy: "sliding" })
  const onMessage = (message: unknown) => void Option.map(decodeOrder(message), (order) => mailbox.unsafeOffer(order))
  const onDisconnect = () => void mailbox.unsafeOffer(drainAlone)
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      process.on("message", onMessage)
      process.on("disconnect", onDisconnect)
    }),
    () =>
      Effect.sync(() => {
        process.off("message", onMessage)
        process.off("disconnect", onDisconnect)
        // The open channel would keep this process alive.
        if (process.connected) process.disconnect?.()
      }),
  )
  return mailbox
})

/** A channel that has just closed takes nothing; the order to drain is on its way then. */
const tell = (report: ProcessReport) =>
  Effect.ignore(
    Effect.try(() => {
      if (process.connected) process.send?.(report)
    }),
  )

const report = Effect.gen(function* () {
  const { conversationsServed, isDraining, rooms, total, used } = yield* Effect.flatMap(Worker, ({ status }) => status)
  const rssBytes = process.memoryUsage.rss()
  yield* tell({ _tag: "Report", used, total, rooms, rssBytes, conversationsServed, isDraining })
})

/** Reports to the supervisor and does what it orders, until the scope closes. Does nothing in a process that has none. */
export const follow = Effect.fn("Supervised.follow")(function* (
  reportEvery: Duration.DurationInput = defaultPolicy.reportEvery,
) {
  if (!isSupervised()) return
  const worker = yield* Worker
  const mailbox = yield* orders
  yield* report.pipe(Effect.zipRight(Effect.sleep(reportEvery)), Effect.forever, Effect.forkScoped)
  yield* mailbox.take.pipe(
    Effect.flatMap((order) =>
      order._tag === "Force"
        ? worker.force
        : Effect.forkDaemon(
            worker.drain(order.withinMillis === null ? undefined : Duration.millis(order.withinMillis)),
          ),
    ),
    Effect.forever,
    Effect.forkScoped,
  )
})
