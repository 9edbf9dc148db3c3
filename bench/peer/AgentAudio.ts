import { ReadableStream, type ReadableStreamDefaultController } from "node:stream/web"
import { voice } from "@livekit/agents"
import { AudioFrame } from "@livekit/rtc-node"
import { aheadMillisMax, inputRate, voiceRate } from "../load/Script.ts"
import type { VoiceObserver } from "../load/VoiceObserver.ts"

/** The person's audio, pushed in. */
export class PushedInput extends voice.AudioInput {
  private controller: ReadableStreamDefaultController<AudioFrame> | undefined

  constructor() {
    super()
    this.multiStream.addInputStream(
      new ReadableStream<AudioFrame>({ start: (controller) => void (this.controller = controller) }),
    )
  }

  push(samples: Int16Array): void {
    this.controller?.enqueue(new AudioFrame(samples, inputRate, 1, samples.length))
  }
}

const nowMillis = () => performance.timeOrigin + performance.now()

/** Listens in real time, as the listener on our side does. */
export class TimedOutput extends voice.AudioOutput {
  private readonly observer: VoiceObserver
  private endMillis = 0
  private seconds = 0

  constructor(observer: VoiceObserver) {
    super(voiceRate, undefined, { pause: false })
    this.observer = observer
  }

  private async untilAhead(aheadMillis: number): Promise<void> {
    const wait = this.endMillis - aheadMillis - nowMillis()
    if (wait > 0) await Bun.sleep(wait)
  }

  override async captureFrame(frame: AudioFrame): Promise<void> {
    this.observer.handed()
    await super.captureFrame(frame)
    if (this.seconds === 0) this.onPlaybackStarted(nowMillis())
    const seconds = frame.samplesPerChannel / frame.sampleRate
    await this.untilAhead(aheadMillisMax - seconds * 1_000)
    const startMillis = Math.max(nowMillis(), this.endMillis)
    this.endMillis = startMillis + seconds * 1_000
    this.seconds += seconds
    this.observer.sounds(frame.data, startMillis)
  }

  override flush(): void {
    super.flush()
    if (this.seconds === 0) return
    const playbackPosition = this.seconds
    this.seconds = 0
    void this.untilAhead(0).then(() => this.onPlaybackFinished({ playbackPosition, interrupted: false }))
  }

  override clearBuffer(): void {
    if (this.seconds === 0) return
    this.seconds = 0
    this.endMillis = nowMillis()
    this.onPlaybackFinished({ playbackPosition: 0, interrupted: true })
  }
}
