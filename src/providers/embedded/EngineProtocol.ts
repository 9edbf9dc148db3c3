import type { ModelPaths } from "./Models.ts"

/** What the processes of the speech engines are asked and what they answer; one table of calls a role. */
export type EngineRole = "recognition" | "synthesis"

export interface EngineSetup {
  readonly cacheDir: string
  readonly paths: ModelPaths
}

export interface Decoded {
  readonly text: string
  readonly tokenCount: number
}

// Type aliases, not interfaces: only those are a table of `Calls`.
export type RecognitionCalls = {
  /** 16 kHz mono; answered in the order in which the engine gets through. */
  readonly decode: { readonly request: { readonly samples: Int16Array }; readonly answer: Decoded }
  /** One window of one person's audio. A session that is not known (any more) begins anew. Answers 0 to 1. */
  readonly detect: {
    readonly request: { readonly session: number; readonly window: Int16Array }
    readonly answer: number
  }
  readonly forget: { readonly request: { readonly session: number }; readonly answer: null }
}

/** A phone and where it ends, in seconds from the first sample. */
export interface TimedPhone {
  readonly phone: string
  readonly endSeconds: number
}

export interface Spoken {
  readonly samples: Int16Array
  readonly sampleRate: number
  readonly phones: ReadonlyArray<TimedPhone>
  /** For each piece, how it is pronounced on its own; in the running text it may differ by a phone. */
  readonly pronunciations: ReadonlyArray<ReadonlyArray<string>>
}

export type SynthesisCalls = {
  /** The pieces are spoken as one text, with spaces between them. */
  readonly speak: {
    readonly request: { readonly pieces: ReadonlyArray<string>; readonly voice: string }
    readonly answer: Spoken
  }
}

export interface Calls {
  readonly [operation: string]: { readonly request: unknown; readonly answer: unknown }
}

export interface EngineRequest {
  readonly id: number
  readonly operation: string
  readonly request: unknown
}

export type EngineMessage =
  | { readonly kind: "ready" }
  /** The engine cannot start; the process ends. `permanent`: another try is the same until somebody acts. */
  | { readonly kind: "unable"; readonly detail: string; readonly permanent: boolean }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly detail: string }
