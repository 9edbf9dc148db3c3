import { Clock, Effect, Scope } from "effect"
import type { ConversationId } from "../../../domain/conversation/Conversation.ts"
import type { ServerMessage } from "../../../domain/media/VoiceProtocol.ts"
import { captureFrames } from "../../audio/captureFrames.ts"
import { openPlayback, type Playback } from "../../audio/Playback.ts"
import { type Levels, silence } from "../Levels.ts"
import type { Line, LineOptions } from "../Line.ts"
import { Link } from "./Link.ts"
import { stayConnected } from "./stayConnected.ts"

interface Options extends LineOptions {
  /** Of the voice socket, relative to the origin. */
  readonly path: string
  /** The live conversation to come back to. */
  readonly resume: ConversationId | undefined
}

const urlOf = (path: string): URL => {
  const url = new URL(path, window.location.origin)
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
  return url
}

/** The speaker of the whole conversation: opened with the first welcome, kept over reconnections. */
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

const receive =
  ({ dispatch }: Options, link: Link) =>
  (message: ServerMessage) =>
    Effect.gen(function* () {
      if (message._tag === "MessageStored" || message._tag === "MessageNotStored") link.settle(message.messageId)
      dispatch({ _tag: "Received", message, at: yield* Clock.currentTimeMillis })
    })

/** Talks over one WebSocket of our server, which carries sound, text and events. */
export const openSocketLine = (options: Options): Effect.Effect<Line, never, Scope.Scope> =>
  Effect.gen(function* () {
    const link = new Link(options.outbox)
    const speaker = yield* makeSpeaker(link, options.levels)
    return {
      carry: (microphone) => captureFrames(microphone, (frame) => link.audio(frame)),
      setMuted: () => undefined,
      text: (messageId, text) => link.text(messageId, text),
      interrupt: () => link.now({ _tag: "Interrupt" }),
      // A close lets what was sent before it arrive.
      leave: Effect.sync(() => link.now({ _tag: "Leave" })),
      unlock: () => undefined,
      talk: stayConnected({
        voiceUrl: urlOf(options.path),
        resume: options.resume,
        link,
        received: receive(options, link),
        speaker,
        waiting: (wait) => options.dispatch({ _tag: "Lost", ...wait }),
      }),
    }
  })
