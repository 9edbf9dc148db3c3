import { Clock, Console, Duration, Effect, type Exit, Layer, Option, Scope } from "effect"
import { ConversationSettings } from "../agent/conversation/ConversationSettings.ts"
import * as WebSocketGateway from "../agent/transport/WebSocketGateway.ts"
import page from "../client/index.html"
import { LanguageModel } from "../domain/llm/LanguageModel.ts"
import { SpeechToText } from "../domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../domain/speech/TextToSpeech.ts"
import { within } from "../domain/Within.ts"
import * as LocalUser from "../http/middleware/LocalUser.ts"
import { voicePath } from "../http/Router.ts"
import * as Server from "../http/Server.ts"
import * as Webhook from "../http/Webhook.ts"
import { Worker } from "../agent/worker/Worker.ts"
import * as ConversationService from "../services/ConversationService.ts"
import * as MediaEvents from "../services/MediaEvents.ts"
import * as RecordingService from "../services/RecordingService.ts"
import * as Reconciliation from "../services/Reconciliation.ts"
import * as TalkOverLiveKit from "../services/TalkOverLiveKit.ts"
import * as TalkOverWebSocket from "../services/TalkOverWebSocket.ts"
import * as Browser from "./Browser.ts"
import { hostname } from "./Defaults.ts"
import * as DispatchStore from "./DispatchStore.ts"
import * as Machine from "./Machine.ts"
import * as MediaPlane from "./MediaPlane.ts"
import * as Progress from "./Progress.ts"
import { RoleFailure } from "./RoleFailure.ts"
import * as Stack from "./stack.ts"
import { version } from "./Version.ts"

export interface DevOptions {
  readonly port: number
  readonly dataFolder: string
  readonly open: boolean
  /** False: conversations in rooms are held by `parley agent`. */
  readonly assistants: boolean
}

/** Whoever ends us does not wait longer than this; what is left then ends with the process. */
const closeWithin = Duration.millis(1_900)
const person = { email: "local@localhost", name: "You" }

const names = Effect.all({
  speechToText: Effect.map(SpeechToText, ({ name }) => name),
  languageModel: Effect.map(LanguageModel, ({ name }) => name),
  textToSpeech: Effect.map(TextToSpeech, ({ name }) => name),
})

const server = (port: number, plane: MediaPlane.MediaPlane) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { assistantName } = yield* ConversationSettings
      const isRooms = plane._tag === "Rooms"
      const media = isRooms ? "livekit" : "websocket"
      const system = { version, assistantName, localSignIn: true, voicePath, media, ...(yield* names) } as const
      const connectTo = isRooms ? [plane.server.publicUrl.href] : []
      return Server.layer({ hostname, port, page: Option.some(page), development: false, system, connectTo })
    }),
  )

/** The rules of live conversations, by where they are held. */
const talking = (plane: MediaPlane.MediaPlane, { assistants }: DevOptions) => {
  if (plane._tag === "Sockets") return Layer.merge(TalkOverWebSocket.layer, Webhook.layerNone)
  const services = Layer.mergeAll(
    TalkOverLiveKit.layer,
    Webhook.layer.pipe(Layer.provide(MediaEvents.layer)),
    Reconciliation.layer,
    assistants ? inProcess : Layer.empty,
  )
  return services.pipe(Layer.provide([MediaPlane.server(plane.server), DispatchStore.layer]))
}

/** Loaded only where there are rooms: the native side of the LiveKit SDK is 50 MB. */
const inProcess = Layer.unwrapScoped(
  Effect.gen(function* () {
    const { watcher, worker, workerId } = yield* Effect.promise(() => import("./Assistants.ts"))
    return Layer.scopedDiscard(Effect.flatMap(Worker, ({ run }) => Effect.forkScoped(run))).pipe(
      Layer.provide(worker(yield* workerId)),
      Layer.merge(watcher),
    )
  }),
)

/** Everything in one process. Engines, database and model are made ready side by side. */
const everything = (options: DevOptions, plane: MediaPlane.MediaPlane) =>
  server(options.port, plane).pipe(
    Layer.provide([
      WebSocketGateway.layer().pipe(Layer.provide(Stack.conversation())),
      LocalUser.layer(person),
      ConversationService.layer,
      RecordingService.layer,
      talking(plane, options),
    ]),
    Layer.provideMerge(
      Layer.mergeAll(
        Stack.settings(),
        Stack.speech(options.dataFolder),
        Stack.languageModel,
        Stack.objects(options.dataFolder),
        Stack.hooks.pipe(Layer.provideMerge(Stack.storage(options.dataFolder))),
      ),
    ),
  )

/** Asked before anything is started: a database that is initialised first is long to wait for bad news. */
const checkPort = Effect.fnUntraced(function* (port: number) {
  const problem = port === 0 ? Option.none() : yield* Machine.portProblem(hostname, port)
  if (Option.isNone(problem)) return
  return yield* new RoleFailure({
    message: `port ${port} on ${hostname} is taken (${problem.value})`,
    hint: "End what uses it (perhaps another `parley dev`), or choose another with --port.",
  })
})

const wayOf = (plane: MediaPlane.MediaPlane) => {
  if (plane._tag === "Sockets") return "one WebSocket (no LiveKit server was found: see `parley dev --help`)"
  return `LiveKit, ${plane.isEmbedded ? "a server of its own" : plane.server.url.href}`
}

const greet = (url: string, dataFolder: string, plane: MediaPlane.MediaPlane, millis: number) =>
  Effect.flatMap(names, ({ languageModel, speechToText, textToSpeech }) =>
    Console.log(
      [
        "",
        `  ${url}`,
        "",
        `  Ready in ${(millis / 1_000).toFixed(1)} s. Parley ${version}`,
        `  Talking: ${languageModel}${languageModel === "embedded rules" ? " (no language model; see `parley dev --help` for a real one)" : ""}`,
        `  Hearing: ${speechToText}; voice: ${textToSpeech}`,
        `  Audio by ${wayOf(plane)}`,
        `  Data: ${dataFolder}`,
        "  Whoever opens this link on this machine is signed in as the local user, without a password.",
        "  Ctrl-C ends it.",
        "",
      ].join("\n"),
    ),
  )

/** With any free port nobody can be told in time; what webhooks would tell shows at the next reconciliation. */
const webhookUrls = (port: number) => (port === 0 ? [] : [new URL(Webhook.webhookPath, `http://${hostname}:${port}`)])

const serve = Effect.fnUntraced(function* (options: DevOptions, scope: Scope.Scope) {
  const startedAt = yield* Clock.currentTimeMillis
  yield* checkPort(options.port)
  const plane = yield* Scope.extend(MediaPlane.find(webhookUrls(options.port)), scope)
  const context = yield* Layer.buildWithScope(everything(options, plane), scope).pipe(Progress.explained("starting"))
  yield* Effect.gen(function* () {
    const { url } = yield* Server.Server
    yield* greet(url.origin, options.dataFolder, plane, (yield* Clock.currentTimeMillis) - startedAt)
    if (options.open) yield* Browser.open(url.href)
  }).pipe(Effect.provide(context))
  return yield* Effect.never
})

const close = (scope: Scope.CloseableScope, exit: Exit.Exit<unknown, unknown>) =>
  within(closeWithin)(Scope.close(scope, exit))

/** Until it is interrupted. */
export const run = Effect.fn("dev.run")((options: DevOptions) =>
  Effect.acquireUseRelease(Scope.make(), (scope) => serve(options, scope), close),
)
