import { OfflineRecognizer } from "sherpa-onnx-node"
import type { Decoded } from "../EngineProtocol.ts"

const sampleRate = 16_000
/** Without silence around it the model swallows first and last words and makes twice as many errors. */
const paddingSamples = 0.3 * sampleRate

export interface RecogniserFiles {
  readonly encoder: string
  readonly decoder: string
  readonly tokens: string
}

export interface MoonshineRecogniser {
  readonly decode: (samples: Int16Array) => Promise<Decoded>
}

const padded = (samples: Int16Array): Float32Array => {
  const wave = new Float32Array(samples.length + 2 * paddingSamples)
  for (let index = 0; index < samples.length; index++) wave[paddingSamples + index] = (samples[index] ?? 0) / 32_768
  return wave
}

/** One core; decoding runs beside the JavaScript thread, which goes on answering for the voice detector. */
export const openRecogniser = async (files: RecogniserFiles): Promise<MoonshineRecogniser> => {
  const recogniser = await OfflineRecognizer.createAsync({
    featConfig: { sampleRate, featureDim: 80 },
    modelConfig: {
      moonshine: { encoder: files.encoder, mergedDecoder: files.decoder },
      tokens: files.tokens,
      numThreads: 1,
      provider: "cpu",
      debug: 0,
    },
  })
  const decode = async (samples: Int16Array): Promise<Decoded> => {
    const stream = recogniser.createStream()
    stream.acceptWaveform({ samples: padded(samples), sampleRate })
    const { text, tokens } = await recogniser.decodeAsync(stream)
    return { text: text.trim(), tokenCount: tokens.length }
  }
  return { decode }
}
