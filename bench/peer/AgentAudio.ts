import { ReadableStream, type ReadableStreamDefaultController } from "node:stream/web"
import { voice } from "@livekit/agents"
import { AudioFrame } from "@livekit/rtc-node"
import { aheadMillisMax, inputRate, voiceRate } from "../load/Script.ts"
import type { TurnMeter } from "../load/TurnMeter.ts"

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

/** Listens in real time, as the listener on our side does. */
export class TimedOutput extends voice.AudioOutput {
  private readonly meter: TurnMeter
  private endMillis = 0
  private seconds = 0

  constructor(meter: TurnMeter) {
    super(voiceRate, undefined, { pause: false })
    this.meter = meter
  }

  private async untilAhead(aheadMillis: number): Promise<void> {
    const wait = this.endMillis - aheadMillis - performance.now()
    if (wait > 0) await Bun.sleep(wait)
  }

  override async captureFrame(frame: AudioFrame): Promise<void> {
    this.meter.voiced()
    await super.captureFrame(frame)
    if (this.seconds === 0) this.onPlaybackStarted(performance.timeOrigin + performance.now())
    const seconds = frame.samplesPerChannel / frame.sampleRate
    await this.untilAhead(aheadMillisMax - seconds * 1_000)
    this.endMillis = Math.max(performance.now(), this.endMillis) + seconds * 1_000
    this.seconds += seconds
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
    this.endMillis = performance.now()
    this.onPlaybackFinished({ playbackPosition: 0, interrupted: true })
  }
}
