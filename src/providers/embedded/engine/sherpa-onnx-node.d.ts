// The package describes its types in JSDoc only; this is the part of them that we use.
declare module "sherpa-onnx-node" {
  export interface OfflineStream {
    acceptWaveform(wave: { readonly samples: Float32Array; readonly sampleRate: number }): void
  }
  export interface OfflineRecognizerResult {
    readonly text: string
    readonly tokens: ReadonlyArray<string>
  }
  export class OfflineRecognizer {
    static createAsync(config: {
      readonly featConfig: { readonly sampleRate: number; readonly featureDim: number }
      readonly modelConfig: {
        readonly moonshine: { readonly encoder: string; readonly mergedDecoder: string }
        readonly tokens: string
        readonly numThreads: number
        readonly provider: string
        readonly debug: number
      }
    }): Promise<OfflineRecognizer>
    createStream(): OfflineStream
    decodeAsync(stream: OfflineStream): Promise<OfflineRecognizerResult>
  }
}
