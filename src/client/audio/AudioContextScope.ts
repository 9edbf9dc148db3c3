import { Data, Effect, type Scope } from "effect"

/** The browser gave no way to process audio. */
export class AudioUnavailable extends Data.TaggedError("AudioUnavailable")<{ readonly cause: unknown }> {}

/** An audio context that runs, closed with the scope. `sampleRate` undefined: the device's own. */
export const openAudioContext = (sampleRate?: number): Effect.Effect<AudioContext, AudioUnavailable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({
      try: () => {
        const context = new AudioContext({
          latencyHint: "interactive",
          ...(sampleRate === undefined ? {} : { sampleRate }),
        })
        // Not awaited: without a person's gesture it stays pending, and a later gesture resumes it.
        void context.resume().catch(() => undefined)
        return context
      },
      catch: (cause) => new AudioUnavailable({ cause }),
    }),
    (context) => Effect.ignore(Effect.tryPromise(() => context.close())),
  )

/** Loads the code of a worklet into a context. */
export const addWorklet = (context: BaseAudioContext, code: string): Effect.Effect<void, AudioUnavailable> =>
  Effect.tryPromise({
    try: () => {
      const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }))
      return context.audioWorklet.addModule(url).finally(() => URL.revokeObjectURL(url))
    },
    catch: (cause) => new AudioUnavailable({ cause }),
  })
