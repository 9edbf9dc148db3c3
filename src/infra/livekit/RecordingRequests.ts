import type { EncodedFileOutput, RoomCompositeOptions } from "livekit-server-sdk"
import { Redacted } from "effect"
import type { RecordRoomRequest } from "../../domain/media/RoomRecorder.ts"
import type { LiveKitSdk } from "./LiveKitSdk.ts"

/** LiveKit's egress knows an account key only: no managed identity, no shared access signature. */
export interface AzureBlobStorage {
  readonly _tag: "AzureBlob"
  readonly accountName: string
  readonly accountKey: Redacted.Redacted
  readonly containerName: string
}

export interface S3Storage {
  readonly _tag: "S3"
  readonly bucket: string
  readonly region: string
  /** Without it, egress takes what its machine is allowed. */
  readonly credentials?: {
    readonly accessKey: string
    readonly secret: Redacted.Redacted
    readonly sessionToken?: Redacted.Redacted
  }
  /** Of a server that is not Amazon's. Buckets are a path there, not a subdomain. */
  readonly endpoint?: URL
}

/** Where egress puts its files. The credentials go to the media server with each request. */
export type RecordingStorage = AzureBlobStorage | S3Storage

type Upload = EncodedFileOutput["output"]

const uploadTo = ({ server }: LiveKitSdk, storage: RecordingStorage): Upload => {
  if (storage._tag === "AzureBlob") {
    const { accountKey, accountName, containerName } = storage
    const value = new server.AzureBlobUpload({ accountName, accountKey: Redacted.value(accountKey), containerName })
    return { case: "azure", value }
  }
  const { bucket, credentials, endpoint, region } = storage
  const value = new server.S3Upload({
    bucket,
    region,
    accessKey: credentials?.accessKey ?? "",
    secret: credentials === undefined ? "" : Redacted.value(credentials.secret),
    sessionToken: credentials?.sessionToken === undefined ? "" : Redacted.value(credentials.sessionToken),
    endpoint: endpoint?.href ?? "",
    forcePathStyle: endpoint !== undefined,
  })
  return { case: "s3", value }
}

export interface EgressRequest {
  readonly file: EncodedFileOutput
  readonly options: RoomCompositeOptions
}

/** What egress is asked for: an MP4 of the room in its default of 720p, or an OGG of its sound. */
export const egressRequest = (
  sdk: LiveKitSdk,
  storage: RecordingStorage,
  { key, media }: RecordRoomRequest,
): EgressRequest => {
  const { server, protocol } = sdk
  const isAudio = media === "audio"
  const file = new server.EncodedFileOutput({
    fileType: isAudio ? server.EncodedFileType.OGG : server.EncodedFileType.MP4,
    filepath: `${key}.${isAudio ? "ogg" : "mp4"}`,
    // What it would say is told by webhook.
    disableManifest: true,
    output: uploadTo(sdk, storage),
  })
  const options: RoomCompositeOptions = isAudio
    ? { audioOnly: true, audioMixing: protocol.AudioMixing.DUAL_CHANNEL_AGENT }
    : { layout: "speaker" }
  return { file, options }
}
