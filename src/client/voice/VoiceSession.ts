import { Clock, Deferred, Effect, Queue, Scope } from "effect"
import type { MessageId } from "../../domain/conversation/Message.ts"
import type { ServerMessage } from "../../domain/media/VoiceProtocol.ts"
import { openPlayback, type Playback } from "../audio/Playback.ts"
import type { ConversationAction } from "../conversation/reduceConversation.ts"
import type { Trouble } from "../conversation/Trouble.ts"
import { type Levels, silence } from "./Levels.ts"
import { Link } from "./Link.ts"
import { makeMicrophoneSwitch, type MicrophoneSwitch } from "./MicrophoneSwitch.ts"
import { stayConnected } from "./stayConnected.ts"

/** What a person does while talking. */
export type Command =
  | { readonly _tag: "Mute"; readonly muted: boolean }
  | { readonly _tag: "Text"; readonly messageId: MessageId; readonly text: string }
  | { readonly _tag: "Interrupt" }
  | { readonly _tag: "UseMicrophone"; readonly deviceId: string | undefined }
  | { readonly _tag: "Leave" }

export interface SessionOptions {
  /** Absolute, of the page's own origin. */
  readonly voiceUrl: URL
  /** Undefined: typing only, until `UseMicrophone`. */
  readonly microphone: { readonly deviceId: string | undefined } | undefined
  readonly commands: Queue.Dequeue<Command>
  readonly levels: Levels
  readonly dispatch: (action: ConversationAction) => void
}

/** The speaker of the whole session: opened with the first welcome, kept over reconnections. */
const makeSpeaker = (link: Link, levels: Levels) =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    yield* Effect.addFinalizer(() => Effect.sync(() => (levels.assistant = silence)))
    let opened: Playback | undefined
    return (sampleRate: number) =>
      Effect.gen(function* () {
        opened ??= yield* Scope.extend(
          openPlayback(sampleRate, (count) => link.now({ _tag: "Played", ...count })),
          scope,
        )
        levels.assistant = opened.level
        return opened
      })
  })

const obey = (options: SessionOptions, link: Link, microphone: MicrophoneSwitch, left: Deferred.Deferred<void>) =>
  Effect.gen(function* () {
    const command = yield* Queue.take(options.commands)
    switch (command._tag) {
      case "Mute":
        microphone.setMuted(command.muted)
        return options.dispatch({ _tag: "Muted", muted: command.muted })
      case "Text":
        if (link.text(command.messageId, command.text)) {
          options.dispatch({ ...command, _tag: "Typed", at: yield* Clock.currentTimeMillis })
        }
        return
      case "Interrupt":
        return link.now({ _tag: "Interrupt" })
      case "UseMicrophone":
        // Its failure has been told by the switch, and typing goes on.
        return yield* Effect.ignore(microphone.open(command.deviceId))
      case "Leave":
        // A close lets what was sent before it arrive.
        link.now({ _tag: "Leave" })
        options.dispatch({ _tag: "Left" })
        yield* Deferred.succeed(left, undefined)
    }
  })

const receive = (options: SessionOptions, link: Link) => (message: ServerMessage) =>
  Effect.gen(function* () {
    if (message._tag === "MessageStored" || message._tag === "MessageNotStored") link.settle(message.messageId)
    options.dispatch({ _tag: "Received", message, at: yield* Clock.currentTimeMillis })
  })

const talk = (options: SessionOptions): Effect.Effect<void, Trouble, Scope.Scope> =>
  Effect.gen(function* () {
    const link = new Link()
    const left = yield* Deferred.make<void>()
    const microphone = yield* makeMicrophoneSwitch({
      levels: options.levels,
      onFrame: (frame) => link.audio(frame),
      changed: (microphone) => options.dispatch({ _tag: "MicrophoneChanged", microphone }),
    })
    yield* Effect.forkScoped(Effect.forever(obey(options, link, microphone, left)))
    const conversation = Effect.gen(function* () {
      if (options.microphone !== undefined) yield* microphone.open(options.microphone.deviceId)
      options.dispatch({ _tag: "Reaching" })
      yield* stayConnected({
        voiceUrl: options.voiceUrl,
        link,
        received: receive(options, link),
        speaker: yield* makeSpeaker(link, options.levels),
        waiting: (wait) => options.dispatch({ _tag: "Lost", ...wait }),
      })
    })
    yield* Effect.raceFirst(conversation, Deferred.await(left))
  })

/** A conversation from the person's start to its end, whatever the end is; every outcome is told by `dispatch`. Interrupting it lets go of everything. */
export const voiceSession = (options: SessionOptions): Effect.Effect<void> =>
  Effect.gen(function* () {
    options.dispatch({ _tag: "Started", step: options.microphone === undefined ? "server" : "microphone" })
    yield* Effect.scoped(talk(options))
  }).pipe(
    Effect.catchAll((trouble) => Effect.sync(() => options.dispatch({ _tag: "Failed", trouble }))),
    Effect.catchAllCause((cause) =>
      Effect.zipRight(
        Effect.logError("the voice session broke", cause),
        Effect.sync(() => options.dispatch({ _tag: "Failed", trouble: "internal" })),
      ),
    ),
  )
