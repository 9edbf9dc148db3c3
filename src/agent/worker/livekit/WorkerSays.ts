import {
  AvailabilityResponse,
  JobStatus,
  JobType,
  ParticipantPermission,
  RegisterWorkerRequest,
  UpdateJobStatus,
  UpdateWorkerStatus,
  WorkerMessage,
  WorkerPing,
  WorkerStatus,
} from "@livekit/protocol"

/** One message to the server, in its binary protobuf. */
type Encoded = Uint8Array<ArrayBuffer>

const encode = (message: WorkerMessage["message"]): Encoded => new Uint8Array(new WorkerMessage({ message }).toBinary())

export interface Registration {
  /** Under which name assistants are asked for. */
  readonly agentName: string
  readonly namespace: string
  readonly version: string
}

/** A worker that takes whole rooms. */
export const register = ({ agentName, namespace, version }: Registration): Encoded =>
  encode({
    case: "register",
    value: new RegisterWorkerRequest({
      type: JobType.JT_ROOM,
      agentName,
      namespace,
      version,
      allowedPermissions: new ParticipantPermission({
        canPublish: true,
        canSubscribe: true,
        canPublishData: true,
        canUpdateMetadata: true,
        agent: true,
      }),
    }),
  })

export interface Capacity {
  readonly used: number
  readonly total: number
  /** None is given any more. */
  readonly closed: boolean
}

/** The server asks no worker whose load is 0.7 or more: below it there must be room for every slot but the last. */
const loadMax = 0.69

export const capacity = ({ closed, total, used }: Capacity): Encoded => {
  const isFull = closed || used >= total
  return encode({
    case: "updateWorker",
    value: new UpdateWorkerStatus({
      load: isFull ? 1 : (loadMax * used) / total,
      status: isFull ? WorkerStatus.WS_FULL : WorkerStatus.WS_AVAILABLE,
      jobCount: used,
    }),
  })
}

export const accept = (jobId: string, participantIdentity: string, participantName: string): Encoded =>
  encode({
    case: "availability",
    value: new AvailabilityResponse({ jobId, available: true, participantIdentity, participantName }),
  })

/** The server asks the next worker; without one it forgets the job. */
export const decline = (jobId: string): Encoded =>
  encode({ case: "availability", value: new AvailabilityResponse({ jobId, available: false }) })

const jobStatus = (jobId: string, status: JobStatus, error = ""): Encoded =>
  encode({ case: "updateJob", value: new UpdateJobStatus({ jobId, status, error }) })

export const running = (jobId: string): Encoded => jobStatus(jobId, JobStatus.JS_RUNNING)
export const succeeded = (jobId: string): Encoded => jobStatus(jobId, JobStatus.JS_SUCCESS)
export const failed = (jobId: string, error: string): Encoded => jobStatus(jobId, JobStatus.JS_FAILED, error)

export const ping = (atMillis: number): Encoded =>
  encode({ case: "ping", value: new WorkerPing({ timestamp: BigInt(Math.round(atMillis)) }) })
