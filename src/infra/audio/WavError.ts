import { Duration, Schema } from "effect"

/** It does not begin as a WAV file does. */
export class NotWav extends Schema.TaggedError<NotWav>()("NotWav", { found: Schema.String }) {}
/** The file stops inside of a header. */
export class HeaderCut extends Schema.TaggedError<HeaderCut>()("HeaderCut", { chunk: Schema.String }) {}
/** A chunk that every WAV file has is not there. */
export class ChunkMissing extends Schema.TaggedError<ChunkMissing>()("ChunkMissing", {
  chunk: Schema.Literal("fmt ", "data"),
}) {}
/** The samples are coded in a way that we do not read. */
export class UnsupportedCodec extends Schema.TaggedError<UnsupportedCodec>()("UnsupportedCodec", {
  codec: Schema.String,
}) {}
/** A number in the header cannot be. */
export class ImpossibleFormat extends Schema.TaggedError<ImpossibleFormat>()("ImpossibleFormat", {
  detail: Schema.String,
}) {}
/** There is not one whole sample in it. */
export class NoSamples extends Schema.TaggedError<NoSamples>()("NoSamples", {}) {}
export class TooLong extends Schema.TaggedError<TooLong>()("TooLong", {
  seconds: Schema.Number,
  secondsMax: Schema.Number,
}) {}
/** The file itself could not be read or written. */
export class Unreadable extends Schema.TaggedError<Unreadable>()("Unreadable", { detail: Schema.String }) {}

const Reason = Schema.Union(
  NotWav,
  HeaderCut,
  ChunkMissing,
  UnsupportedCodec,
  ImpossibleFormat,
  NoSamples,
  TooLong,
  Unreadable,
)
export type Reason = typeof Reason.Type

const length = (seconds: number) => Duration.format(Duration.seconds(Math.ceil(seconds)))

const explain = (reason: Reason): string => {
  switch (reason._tag) {
    case "NotWav":
      return `not a WAV file: it begins with ${reason.found} instead of RIFF ... WAVE`
    case "HeaderCut":
      return `cut off inside the ${reason.chunk} header`
    case "ChunkMissing":
      return `there is no "${reason.chunk}" chunk in it`
    case "UnsupportedCodec":
      return `its samples are ${reason.codec}; PCM (8, 16, 24, 32 bit) and float (32, 64 bit) can be read`
    case "ImpossibleFormat":
      return reason.detail
    case "NoSamples":
      return "it is empty: there are no samples in it"
    case "TooLong":
      return `${length(reason.seconds)} long; at most ${length(reason.secondsMax)} can be read`
    case "Unreadable":
      return reason.detail
  }
}

/** A recording could not be read, or written; `position` is the byte at which it went wrong. */
export class WavError extends Schema.TaggedError<WavError>()("WavError", {
  file: Schema.String,
  position: Schema.Number,
  reason: Reason,
}) {
  override get message(): string {
    const at = this.position > 0 ? ` (at byte ${this.position})` : ""
    return `${this.file}: ${explain(this.reason)}${at}`
  }
}
