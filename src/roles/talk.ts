import { FileSystem, Path } from "@effect/platform"
import { Console, Duration, Effect, Layer, Option } from "effect"
import * as HookRegistry from "../agent/hooks/HookRegistry.ts"
import * as Wav from "../infra/audio/Wav.ts"
import { RecognitionEngine } from "../providers/embedded/RecognitionEngine.ts"
import { SynthesisEngine } from "../providers/embedded/SynthesisEngine.ts"
import * as HurriedClock from "./HurriedClock.ts"
import * as HurriedProviders from "./HurriedProviders.ts"
import * as Progress from "./Progress.ts"
import { RoleFailure } from "./RoleFailure.ts"
import * as Stack from "./stack.ts"
import { converse } from "./Talking.ts"
import { render } from "./TalkReport.ts"

export interface TalkOptions {
  readonly file: string
  readonly out: Option.Option<string>
  readonly json: boolean
  readonly fast: boolean
  readonly dataFolder: string
}

const readyWithin = Duration.seconds(40)

const read = (file: string) =>
  Wav.readFile(file).pipe(
    Effect.mapError(
      (error) =>
        new RoleFailure({
          message: error.message,
          hint:
            error.reason._tag === "Unreadable"
              ? "Give the path of a WAV file."
              : "Most recordings become a fit WAV by: ffmpeg -i INPUT -ar 16000 -ac 1 OUTPUT.wav",
        }),
    ),
  )

/** Said before the talk and not after it: nobody wants to listen twice. */
const checkOut = Effect.fnUntraced(function* (out: string) {
  const files = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const folder = paths.dirname(paths.resolve(out))
  const isWritable = yield* files.access(folder, { writable: true }).pipe(Effect.isSuccess)
  const isFolder = yield* files.stat(out).pipe(
    Effect.map(({ type }) => type === "Directory"),
    Effect.orElseSucceed(() => false),
  )
  if (isWritable && !isFolder) return
  return yield* new RoleFailure({
    message: `cannot write to ${out}: ${isFolder ? "it is a folder" : `${folder} cannot be written to`}`,
    hint: "Give --out the path of a file in a folder that exists.",
  })
})

/** A person who speaks before the engines listen is not heard: what is measured begins after that. */
const enginesReady = Effect.gen(function* () {
  const recognition = yield* RecognitionEngine
  const synthesis = yield* SynthesisEngine
  yield* Effect.all([recognition.ready, synthesis.ready], { concurrency: 2 })
}).pipe(
  Effect.timeoutFail({ duration: readyWithin, onTimeout: () => new Error("they did not load in time") }),
  Effect.mapError(
    ({ message }) =>
      new RoleFailure({ message: `the speech engines cannot be used: ${message}`, hint: "`parley doctor` says more." }),
  ),
  Progress.explained("loading the speech engines"),
)

/** The recording speaks first, and nothing is kept. */
const conversation = Stack.conversation({ greeting: "" }).pipe(Layer.provide(HookRegistry.layer))

/** The same engines, each of them telling the clock when it is at work. */
const hurried = (clock: HurriedClock.HurriedClock) =>
  conversation.pipe(Layer.provideMerge(HurriedProviders.layer(clock)))

const talk = Effect.fnUntraced(function* ({ fast, file, out }: TalkOptions, recording: Wav.Recording) {
  const conversing = converse({ file, recording, out })
  if (!fast) return yield* Effect.provide(conversing, conversation)
  const clock = yield* HurriedClock.make
  return yield* Effect.provide(conversing, hurried(clock)).pipe(Effect.withClock(clock.clock))
}, Effect.scoped)

export const run = Effect.fn("talk.run")(function* (options: TalkOptions) {
  yield* Effect.forEach(Option.toArray(options.out), checkOut)
  const recording = yield* Progress.explained(`reading ${options.file}`)(read(options.file))
  yield* Effect.forEach(recording.warnings, (warning) => Effect.logWarning(warning))
  const report = yield* Effect.zipRight(enginesReady, talk(options, recording)).pipe(
    Effect.provide(Layer.mergeAll(Stack.speech(options.dataFolder), Stack.languageModel)),
  )
  yield* Console.log(options.json ? JSON.stringify(report, null, 2) : render(report))
})
