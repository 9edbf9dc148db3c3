import { Array, Order, Schema } from "effect"
import type { FileReport } from "../agent/transport/FileTransport.ts"
import { Turn, type TurnTimings } from "../domain/analytics/Turn.ts"
import type { LeaveReason } from "../domain/conversation/Conversation.ts"
import { durationMillis } from "../domain/speech/PcmFrame.ts"
import type { Recording } from "../infra/audio/Wav.ts"

/** The stages of a turn in their usual order, and what a table calls them. */
const stages = {
  finalTranscript: "transcript",
  endpoint: "endpoint",
  firstToken: "first token",
  firstSentence: "sentence",
  firstAudio: "voice",
  playout: "heard",
} as const satisfies Record<keyof TurnTimings, string>
const stageNames = Object.keys(stages) as ReadonlyArray<keyof TurnTimings>

export interface Line {
  readonly atMillis: number
  readonly who: "person" | "assistant"
  /** Of the assistant: what was heard. */
  readonly text: string
  readonly interrupted?: boolean
  /** What was written and not said any more. */
  readonly unheard?: string
}

export interface Percentiles {
  readonly p50: number
  readonly p95: number
}

export interface TalkReport {
  readonly file: string
  readonly recordingSeconds: number
  readonly speechToText: string
  readonly languageModel: string
  readonly textToSpeech: string
  readonly endReason: LeaveReason
  readonly transcript: ReadonlyArray<Line>
  readonly turns: ReadonlyArray<typeof Turn.Encoded>
  /** Milliseconds after the person's last sound, over all turns that came that far. */
  readonly percentiles: Partial<Record<keyof TurnTimings, Percentiles>>
  readonly notices: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<string>
  readonly replySeconds: number
  /** Where the assistant's voice was written. */
  readonly replyFile: string | null
}

/** Nearest rank: always a value that was measured. */
const percentile = (values: ReadonlyArray<number>, share: number) =>
  Array.sort(values, Order.number)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0

const percentilesOf = (turns: ReadonlyArray<Turn>): TalkReport["percentiles"] =>
  Object.fromEntries(
    stageNames.flatMap((stage) => {
      const values = Array.getSomes(turns.map((turn) => turn.timings[stage]))
      return values.length === 0 ? [] : [[stage, { p50: percentile(values, 0.5), p95: percentile(values, 0.95) }]]
    }),
  )

const linesOf = ({ events }: FileReport): ReadonlyArray<Line> =>
  events.flatMap(({ atMillis, event }): ReadonlyArray<Line> => {
    if (event._tag === "UserTranscript") return [{ atMillis, who: "person", text: event.text }]
    if (event._tag !== "AssistantTranscript") return []
    const line: Line = { atMillis, who: "assistant", text: event.text }
    return [event.interrupted ? { ...line, interrupted: true, unheard: event.pending } : line]
  })

export interface TalkOutcome {
  readonly file: string
  readonly recording: Recording
  readonly providers: Pick<TalkReport, "speechToText" | "languageModel" | "textToSpeech">
  readonly endReason: LeaveReason
  readonly heard: FileReport
  readonly replyFile: string | null
}

const turnsOf = ({ events }: FileReport) =>
  events.flatMap(({ event }) => (event._tag === "TurnEnded" ? [event.turn] : []))

export const make = ({ endReason, file, heard, providers, recording, replyFile }: TalkOutcome): TalkReport => {
  const turns = turnsOf(heard)
  const dropped = heard.eventsDropped === 0 ? [] : [`${heard.eventsDropped} events were too many to keep`]
  return {
    file,
    recordingSeconds: durationMillis(recording.frame) / 1_000,
    ...providers,
    endReason,
    transcript: linesOf(heard),
    turns: turns.map((turn) => Schema.encodeSync(Turn)(turn)),
    percentiles: percentilesOf(turns),
    notices: heard.events.flatMap(({ event }) => (event._tag === "Notice" ? [event.message] : [])),
    warnings: [...recording.warnings, ...dropped],
    replySeconds: durationMillis(heard.heard) / 1_000,
    replyFile,
  }
}

const seconds = (millis: number) => `${(millis / 1_000).toFixed(1)} s`.padStart(8)
const cells = (values: ReadonlyArray<string>) => values.map((value) => value.padStart(12)).join("")

const lineText = (line: Line) => {
  const cut = line.interrupted === true ? ` [interrupted; not said: ${line.unheard ?? ""}]` : ""
  return `${seconds(line.atMillis)}  ${line.who.padEnd(10)} ${line.text}${cut}`
}

const table = (report: TalkReport): ReadonlyArray<string> => {
  const row = (name: string, outcome: string, of: (stage: keyof TurnTimings) => number | null | undefined) =>
    `${name.padStart(6)}  ${outcome.padEnd(11)}${cells(stageNames.map((stage) => of(stage)?.toFixed(0) ?? "-"))}`
  const summary = (name: keyof Percentiles) => row(name, "", (stage) => report.percentiles[stage]?.[name])
  return [
    "Timing: milliseconds after the person's last sound",
    `${"turn".padStart(6)}  ${"outcome".padEnd(11)}${cells(stageNames.map((stage) => stages[stage]))}`,
    ...report.turns.map((turn) => row(String(turn.index), turn.outcome, (stage) => turn.timings[stage])),
    ...(report.turns.length > 1 ? [summary("p50"), summary("p95")] : []),
  ]
}

/** The report for a person to read. */
export const render = (report: TalkReport): string =>
  [
    `${report.file}, ${report.recordingSeconds.toFixed(1)} s`,
    `${report.speechToText} > ${report.languageModel} > ${report.textToSpeech}`,
    "",
    ...(report.transcript.length === 0
      ? ["Nothing was understood and nothing said."]
      : report.transcript.map(lineText)),
    "",
    ...(report.turns.length === 0 ? ["No turn was taken."] : table(report)),
    ...[...report.notices, ...report.warnings].map((text) => `Note: ${text}`),
    ...(report.replyFile === null ? [] : ["", `The answer's audio is in ${report.replyFile}`]),
  ].join("\n")
