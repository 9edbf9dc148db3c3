import { Schema } from "effect"

/** What one process of a comparison is to do. */
export const LoadPlan = Schema.Struct({
  side: Schema.Literal("parley", "agent-session"),
  sessions: Schema.Int.pipe(Schema.between(1, 1_000)),
  /** So many sessions talk until what is counted begins, then only `sessions` are left. */
  warmUpSessions: Schema.Int.pipe(Schema.between(0, 1_000)),
  /** From the beginning of one turn of a session to the next; the sessions are spread evenly over it. */
  periodMillis: Schema.Int,
  /** The answer is begun before it is sure that the person has finished. */
  speculative: Schema.Boolean,
  /** Turns before this are not counted. */
  warmUpSeconds: Schema.Number,
  seconds: Schema.Number,
  /** Memory is sampled this often, after a forced garbage collection; 0: never. */
  memoryEverySeconds: Schema.Number,
})
export type LoadPlan = typeof LoadPlan.Type

export const MemorySample = Schema.TaggedStruct("MemorySample", {
  /** Since the load began. */
  seconds: Schema.Number,
  rssBytes: Schema.Number,
  heapBytes: Schema.Number,
  turns: Schema.Int,
})
export type MemorySample = typeof MemorySample.Type

export const LoadResult = Schema.TaggedStruct("LoadResult", {
  /** Final transcript to first frame of the answer, one a turn, in milliseconds. */
  latencies: Schema.Array(Schema.Number),
  /** Turns that got no audio before the next one began. */
  unanswered: Schema.Int,
  /** Cores in use, 1 is a whole one. */
  cores: Schema.Number,
})
export type LoadResult = typeof LoadResult.Type

/** What the process tells, one JSON document a line. */
export const LoadEvent = Schema.Union(MemorySample, LoadResult)
export type LoadEvent = typeof LoadEvent.Type
