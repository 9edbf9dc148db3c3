import { Schema } from "effect"

/** How an assistant is asked for: of LiveKit, by the name it is registered under, or of our queue. */
export const Ask = Schema.Union(
  Schema.TaggedStruct("LiveKit", { agentName: Schema.String }),
  Schema.TaggedStruct("Queue", { redisUrl: Schema.String }),
)
export type Ask = typeof Ask.Type

export const Server = Schema.Struct({ url: Schema.String, key: Schema.String, secret: Schema.String })

/** What the people of one run do. */
export const PeoplePlan = Schema.Struct({
  server: Server,
  ask: Ask,
  /** 16 kHz mono: what each person says in each turn. */
  clip: Schema.String,
  /** Of the worker whose memory and CPU are read, with all its children. */
  workerPid: Schema.Int,
  serverPid: Schema.Int,
  /** Where agents note when they have a transcript and when the first frame of an answer goes out. */
  marksFile: Schema.String,
  does: Schema.Union(
    /** One room after another, each in a room before the assistant is asked for. */
    Schema.TaggedStruct("OneByOne", { rooms: Schema.Int, gapMillis: Schema.Int }),
    Schema.TaggedStruct("Burst", { rooms: Schema.Int, repeats: Schema.Int, gapMillis: Schema.Int }),
    Schema.TaggedStruct("Rooms", {
      counts: Schema.Array(Schema.Int),
      settleSeconds: Schema.Number,
      windowSeconds: Schema.Number,
    }),
  ),
})
export type PeoplePlan = typeof PeoplePlan.Type

/** From asking for an assistant, in milliseconds. Null: it did not come within 30 s. */
export const Came = Schema.TaggedStruct("Came", {
  seen: Schema.NullOr(Schema.Number),
  track: Schema.NullOr(Schema.Number),
})

export const Idle = Schema.TaggedStruct("Idle", {
  pssMegabytes: Schema.Number,
  processes: Schema.Int,
  cores: Schema.Number,
})

/** What a number of live rooms cost, and how their turns went. Times in milliseconds, memory in MB, CPU in cores. */
export const Lived = Schema.TaggedStruct("Lived", {
  rooms: Schema.Int,
  pssMegabytes: Schema.Number,
  cores: Schema.Number,
  serverCores: Schema.Number,
  peopleCores: Schema.Number,
  otherCores: Schema.Number,
  turns: Schema.Int,
  missed: Schema.Int,
  finalToFrame: Schema.Array(Schema.Number),
  finalToPerson: Schema.Array(Schema.Number),
  /** The driver was starved for so long: its own figures are worth less then. */
  starvedMillis: Schema.Number,
})

export const PeopleEvent = Schema.Union(Came, Idle, Lived)
export type PeopleEvent = typeof PeopleEvent.Type
