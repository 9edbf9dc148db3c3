import { ChevronDown } from "lucide-react"
import { Option } from "effect"
import { Collapsible } from "radix-ui"
import type { Turn } from "../../domain/analytics/Turn.ts"
import { latencyOf, secondsText, type Stage } from "../conversation/Latency.ts"

/** The bar's whole width, so that bars of different turns can be compared. A slower turn fills it. */
const fullWidthMillis = 2_000

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)}%`

const Segments = ({ stages, whole }: { readonly stages: ReadonlyArray<Stage>; readonly whole: number }) =>
  stages.map((stage) => (
    <span
      key={stage.key}
      className="turn-segment"
      style={{ left: percent(stage.from, whole), width: percent(stage.to - stage.from, whole) }}
    />
  ))

const Row = ({ stage, whole }: { readonly stage: Stage; readonly whole: number }) => (
  <tr>
    <th scope="row">{stage.label}</th>
    <td className="turn-fall" aria-hidden="true">
      <span
        style={{
          left: percent(stage.from, whole),
          width: percent(Math.max(stage.to - stage.from, whole / 100), whole),
        }}
      />
    </td>
    <td className="turn-figure">{secondsText(stage.to)}</td>
  </tr>
)

const origin: Record<Turn["source"], string> = {
  speech: "after your last sound",
  text: "after your message arrived",
  assistant: "after it began to speak of its own accord",
}

const extras = (turn: Turn): ReadonlyArray<string> => [
  ...(turn.speculative ? ["started to answer before you had finished"] : []),
  ...(turn.recoveries > 0 ? [`got over ${turn.recoveries} failure${turn.recoveries === 1 ? "" : "s"}`] : []),
  ...(turn.deadAir > 0 ? ["filled a silence"] : []),
  ...(turn.outputTokens > 0 ? [`${turn.inputTokens} tokens in, ${turn.outputTokens} out`] : []),
]

/** What was opened at the end of the transcript lies below its edge. */
const reveal = (element: HTMLElement | null): void => element?.scrollIntoView({ block: "nearest" })

/** How long a person waited for an answer: a thin bar that opens into the stages. */
export const TurnBar = ({ turn }: { readonly turn: Turn }) => {
  const { stages, firstSound } = latencyOf(turn.timings)
  const last = stages.at(-1)
  if (last === undefined) return null
  const total = Option.match(firstSound, { onNone: () => "no sound", onSome: secondsText })
  const more = extras(turn)
  return (
    <Collapsible.Root className="turn">
      <Collapsible.Trigger className="turn-bar" aria-label={`First sound: ${total}. Show the stages`}>
        <span className="turn-track">
          <Segments stages={stages} whole={Math.max(fullWidthMillis, last.to)} />
        </span>
        <span className="turn-total">{total}</span>
        <ChevronDown size={14} aria-hidden="true" />
      </Collapsible.Trigger>
      <Collapsible.Content className="turn-detail">
        <table>
          <caption>Seconds {origin[turn.source]}</caption>
          <tbody>
            {stages.map((stage) => (
              <Row key={stage.key} stage={stage} whole={Math.max(1, last.to)} />
            ))}
          </tbody>
        </table>
        <p className="turn-extras" ref={reveal}>
          {[turn.speechToText, turn.languageModel, turn.textToSpeech].join(" · ")}
          {more.length > 0 && <br />}
          {more.join(" · ")}
        </p>
      </Collapsible.Content>
    </Collapsible.Root>
  )
}
