import { Download, Pause, Play, RotateCw } from "lucide-react"
import { clockText, clockWords } from "../../parts/TimeText.ts"
import type { RecordingLine } from "./RecordingLine.ts"
import { audioPath, type Player } from "./usePlayer.ts"

interface Props {
  readonly line: RecordingLine
  readonly player: Player
}

const stepSeconds = 1

interface FailedProps {
  readonly what: string
  readonly retry: () => void
}

export const PlayerFailed = ({ what, retry }: FailedProps) => (
  <div className="player player-failed" role="alert">
    <p>{what}</p>
    <button className="quiet-button framed" type="button" onClick={retry}>
      <RotateCw size={18} aria-hidden="true" />
      Try again
    </button>
  </div>
)

/** Play, pause, and where in the recording. */
export const PlayerBar = ({ line, player }: Props) => {
  const { audio, failed, part, playing, position, retry, seek, toggle } = player
  const src = part === undefined ? undefined : audioPath(part)
  const Icon = playing ? Pause : Play
  return (
    <section aria-label="Recording">
      {/* What is said stands below, word for word. */}
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
      <audio ref={audio} src={src} preload="metadata" />
      {failed ? (
        <PlayerFailed what="The recording cannot be played now." retry={retry} />
      ) : (
        <div className="player">
          <button
            className="player-toggle"
            type="button"
            onClick={toggle}
            aria-label={playing ? "Pause the recording" : "Play the recording"}
          >
            <Icon size={20} aria-hidden="true" />
          </button>
          <input
            className="player-position"
            type="range"
            min={0}
            max={Math.max(stepSeconds, Math.floor(line.seconds))}
            step={stepSeconds}
            value={Math.floor(position)}
            onChange={(event) => seek(event.currentTarget.valueAsNumber)}
            aria-label="Position"
            aria-valuetext={`${clockWords(position)} of ${clockWords(line.seconds)}`}
            style={{ backgroundSize: `${(100 * position) / Math.max(stepSeconds, line.seconds)}% 4px, 100% 4px` }}
          />
          <span className="player-time" aria-hidden="true">
            {clockText(position)} / {clockText(line.seconds)}
          </span>
          <a className="icon-button" href={src} download aria-label="Download the recording">
            <Download size={18} aria-hidden="true" />
          </a>
        </div>
      )}
    </section>
  )
}
