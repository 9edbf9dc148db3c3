import { Effect, Layer, Stream } from "effect"
import { SpeechToText, TranscriptEvent } from "../../domain/speech/SpeechToText.ts"
import { play, type Script, take, type Trouble } from "./Script.ts"

/** One segment of speech, as the recogniser will understand it. */
export interface Scene {
  /** Counted from the segment's first audio, in order. */
  readonly partials: ReadonlyArray<{ readonly afterMillis: number; readonly text: string }>
  /** Counted from the segment's end. */
  readonly finalAfterMillis: number
  readonly end: { readonly kind: "final"; readonly text: string; readonly confidence: number } | Trouble
}

export const heard = (text: string, finalAfterMillis = 0): Scene => ({
  partials: [],
  finalAfterMillis,
  end: { kind: "final", text, confidence: 1 },
})

const partialsOf = (scene: Scene) => {
  let last = 0
  return Stream.fromIterable(scene.partials).pipe(
    Stream.mapEffect(({ afterMillis, text }) => {
      const wait = afterMillis - last
      last = afterMillis
      return Effect.as(Effect.sleep(wait), TranscriptEvent.Partial({ text }))
    }),
  )
}

const endOf = (scene: Scene) => {
  const { end } = scene
  return Effect.zipRight(
    Effect.sleep(scene.finalAfterMillis),
    end.kind === "final"
      ? Effect.succeed(TranscriptEvent.Final({ text: end.text, confidence: end.confidence }))
      : play(end, "transcribe"),
  )
}

/** Understands what the script says, whatever it hears: one scene a segment, in the order in which segments begin. */
export const layer = (script: Script<Scene>): Layer.Layer<SpeechToText> =>
  Layer.succeed(SpeechToText, {
    name: "scripted",
    transcribe: (audio) =>
      Stream.unwrap(
        Effect.map(take(script, "transcribe"), (scene) => {
          const listening = Stream.drain(audio)
          return Stream.concat(
            Stream.merge(listening, partialsOf(scene), { haltStrategy: "left" }),
            Stream.fromEffect(endOf(scene)),
          )
        }),
      ),
  })
