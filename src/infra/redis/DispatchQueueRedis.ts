import { Effect, Layer, Option, Schema } from "effect"
import { ConversationId } from "../../domain/conversation/Conversation.ts"
import type { DispatchJob, Lease, WorkerId } from "../../domain/store/DispatchJob.ts"
import { DispatchQueue, LeaseLost, QueueFull, QueueUnavailable } from "../../domain/store/DispatchQueue.ts"
import { uuidV7 } from "../../domain/Uuid.ts"
import * as Claims from "../dispatch/Claims.ts"
import { config, defaults, type DispatchOptions } from "../dispatch/DispatchOptions.ts"
import { bell, claimKey, endedKey, keys } from "./dispatch/Keys.ts"
import * as Outage from "./dispatch/Outage.ts"
import {
  AdoptReply,
  ClaimReply,
  encodeJob,
  EnqueueReply,
  LeaseReply,
  PlaceReply,
  placeOf,
  StatisticsReply,
} from "./dispatch/Replies.ts"
import * as Scripts from "./dispatch/Scripts.ts"
import { Redis } from "./Redis.ts"
import type { Script } from "./Script.ts"

/** How long it is remembered that a job was completed, for whoever asks again because the answer was lost. */
const endedMillis = 600_000
/** Adoptions whose answer was lost, of which the token is kept. */
const doubtfulMax = 256

/** A script of the queue with its reply in our words. */
const makeAsk = Effect.fnUntraced(function* (leaseMillis: number) {
  const redis = yield* Redis
  const outage = Outage.make(leaseMillis)
  const ask = <A, I>(
    operation: string,
    script: Script,
    reply: Schema.Schema<A, I>,
    args: ReadonlyArray<string>,
    moreKeys: ReadonlyArray<string> = [],
  ): Effect.Effect<A, QueueUnavailable> =>
    redis.run(script, [...keys, ...moreKeys], [String(leaseMillis), bell, ...args]).pipe(
      outage.watch,
      Effect.flatMap(Schema.decodeUnknown(reply)),
      Effect.mapError((error) => new QueueUnavailable({ operation, detail: error.message })),
    )
  return { ask, isGrace: outage.isGrace }
})

const make = Effect.fnUntraced(function* ({ leaseMillis, waitingMax }: DispatchOptions) {
  const redis = yield* Redis
  const { ask, isGrace } = yield* makeAsk(leaseMillis)

  const take = Effect.fnUntraced(function* (worker: WorkerId, token: string) {
    const args = [worker, token, (yield* isGrace) ? "1" : "0"]
    const reply = yield* ask("claim", Scripts.claim, ClaimReply, args, [claimKey(token)])
    return reply.length === 0 ? Option.none() : Option.some<Lease>({ job: reply[0], worker, fence: reply[1] })
  })

  const onLease = (operation: string, script: Script) =>
    Effect.fn(`DispatchQueue.${operation}`)(function* ({ fence, job: { conversationId } }: Lease) {
      const args = [conversationId, String(fence), String(endedMillis)]
      const holds = yield* ask(operation, script, LeaseReply, args, [endedKey(conversationId)])
      if (!holds) return yield* new LeaseLost({ conversationId, fence })
    })
  const release = onLease("release", Scripts.release)

  const claims = yield* Claims.make({ take, giveBack: release })
  yield* redis.subscribe(bell, claims.ring)

  const doubtful = new Map<string, string>()
  const doubt = (key: string, token: string) => {
    const oldest = doubtful.size < doubtfulMax ? undefined : doubtful.keys().next().value
    if (oldest !== undefined) doubtful.delete(oldest)
    doubtful.set(key, token)
  }
  const adopt = Effect.fn("DispatchQueue.adopt")(function* (job: DispatchJob, worker: WorkerId) {
    const { conversationId } = job
    const key = `${conversationId} ${worker}`
    const token = doubtful.get(key) ?? (yield* uuidV7)
    // Two that adopt at the same time are two, not one that asks again.
    doubtful.delete(key)
    const args = [conversationId, encodeJob(job), worker, token]
    const reply = yield* ask("adopt", Scripts.adopt, AdoptReply, args).pipe(
      Effect.onError(() => Effect.sync(() => doubt(key, token))),
    )
    if (reply[0] === "Held") return yield* new LeaseLost({ conversationId, fence: reply[1] })
    return { job: reply[1], worker, fence: reply[2] } satisfies Lease
  })

  return DispatchQueue.of({
    leaseMillis,
    enqueue: Effect.fn("DispatchQueue.enqueue")(function* (job) {
      const args = [job.conversationId, job.priority, encodeJob(job), String(waitingMax)]
      const reply = yield* ask("enqueue", Scripts.enqueue, EnqueueReply, args)
      if (reply[0] === "Full") return yield* new QueueFull({ waitingMax })
      return placeOf(reply)
    }),
    claim: claims.claim,
    adopt,
    renew: onLease("renew", Scripts.renew),
    complete: onLease("complete", Scripts.complete),
    release,
    releaseAll: Effect.fn("DispatchQueue.releaseAll")((worker) =>
      ask("releaseAll", Scripts.releaseAll, Schema.Array(ConversationId), [worker]),
    ),
    withdraw: Effect.fn("DispatchQueue.withdraw")((conversationId) =>
      Effect.asVoid(ask("withdraw", Scripts.withdraw, Schema.Literal(1), [conversationId])),
    ),
    place: Effect.fn("DispatchQueue.place")((conversationId) =>
      Effect.map(ask("place", Scripts.place, PlaceReply, [conversationId]), placeOf),
    ),
    statistics: Effect.map(ask("statistics", Scripts.statistics, StatisticsReply, []), ([waiting, held]) => ({
      waiting,
      held,
    })).pipe(Effect.withSpan("DispatchQueue.statistics")),
  })
})

/**
 * The queue of any number of processes, in Redis (6.2 or later, or a cluster of it) with `appendonly yes`. Leases are judged by the
 * clock of Redis. While Redis is away every call fails, `claim` too: its caller decides when to ask again.
 */
export const layer = (options: Partial<DispatchOptions> = {}): Layer.Layer<DispatchQueue, never, Redis> =>
  Layer.scoped(DispatchQueue, make({ ...defaults, ...options }))

export const layerConfig = Layer.unwrapEffect(Effect.map(config, layer))
