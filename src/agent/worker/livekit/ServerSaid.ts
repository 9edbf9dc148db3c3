import { type Job, ServerMessage } from "@livekit/protocol"
import { Data, Option } from "effect"

/** What the server wants an assistant for. */
export interface LiveKitJob {
  readonly id: string
  readonly dispatchId: string
  readonly room: string
  /** As whoever asked for the assistant gave it. */
  readonly metadata: string
}

/** What the server says to a worker. `Unknown`: of a newer protocol than this one, or none of it. */
export type ServerSaid = Data.TaggedEnum<{
  Registered: { readonly workerId: string; readonly serverVersion: string }
  /** Would this worker take it? */
  Offered: { readonly job: LiveKitJob }
  Assigned: { readonly job: LiveKitJob }
  Terminated: { readonly jobId: string }
  Pong: {}
  Unknown: {}
}>
export const ServerSaid = Data.taggedEnum<ServerSaid>()

const jobOf = (job: Job | undefined): Option.Option<LiveKitJob> =>
  job?.room === undefined || job.id === "" || job.room.name === ""
    ? Option.none()
    : Option.some({
        id: job.id,
        // A job that somebody tries out has no dispatch.
        dispatchId: job.dispatchId === "" ? job.id : job.dispatchId,
        room: job.room.name,
        metadata: job.metadata,
      })

const aboutJob = (job: Job | undefined, said: (of: { readonly job: LiveKitJob }) => ServerSaid): ServerSaid =>
  Option.match(jobOf(job), { onNone: () => ServerSaid.Unknown(), onSome: (job) => said({ job }) })

const parse = Option.liftThrowable((bytes: Uint8Array) => ServerMessage.fromBinary(bytes).message)

export const decode = (bytes: Uint8Array): ServerSaid => {
  const message = Option.getOrUndefined(parse(bytes))
  switch (message?.case) {
    case "register":
      return ServerSaid.Registered({
        workerId: message.value.workerId,
        serverVersion: message.value.serverInfo?.version ?? "",
      })
    case "availability":
      return aboutJob(message.value.job, ServerSaid.Offered)
    case "assignment":
      return aboutJob(message.value.job, ServerSaid.Assigned)
    case "termination":
      return ServerSaid.Terminated({ jobId: message.value.jobId })
    case "pong":
      return ServerSaid.Pong()
    default:
      return ServerSaid.Unknown()
  }
}
