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
import * as ConversationService from "../services/ConversationService.ts"
import * as TalkOverWebSocket from "../services/TalkOverWebSocket.ts"
import * as Browser from "./Browser.ts"
import { hostname } from "./Defaults.ts"
import * as Machine from "./Machine.ts"
import * as Progress from "./Progress.ts"
import { RoleFailure } from "./RoleFailure.ts"
import * as Stack from "./stack.ts"
import { version } from "./Version.ts"

export interface DevOptions {
  readonly port: number
  readonly dataFolder: string
  readonly open: boolean
}

/** Whoever ends us does not wait longer than this; what is left then ends with the process. */
const closeWithin = Duration.millis(1_900)
const person = { email: "local@localhost", name: "You" }

const names = Effect.all({
  speechToText: Effect.map(SpeechToText, ({ name }) => name),
  languageModel: Effect.map(LanguageModel, ({ name }) => name),
  textToSpeech: Effect.map(TextToSpeech, ({ name }) => name),
})

const server = (port: number) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { assistantName } = yield* ConversationSettings
      const system = { version, assistantName, localSignIn: true, voicePath, media: "websocket", ...(yield* names) } as const
      return Server.layer({ hostname, port, page: Option.some(page), development: false, system })
    }),
  )

/** Everything in one process. Engines, database and model are made ready side by side. */
const everything = ({ dataFolder, port }: DevOptions) =>
  server(port).pipe(
    Layer.provide([
      WebSocketGateway.layer().pipe(Layer.provide(Stack.conversation())),
      LocalUser.layer(person),
      ConversationService.layer,
      TalkOverWebSocket.layer,
      Webhook.layerNone,
    ]),
    Layer.provideMerge(
      Layer.mergeAll(
        Stack.settings(),
        Stack.speech(dataFolder),
        Stack.languageModel,
        Stack.hooks.pipe(Layer.provideMerge(Stack.storage(dataFolder))),
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

const greet = (url: string, dataFolder: string, millis: number) =>
  Effect.flatMap(names, ({ languageModel, speechToText, textToSpeech }) =>
    Console.log(
      [
        "",
        `  ${url}`,
        "",
        `  Ready in ${(millis / 1_000).toFixed(1)} s. Parley ${version}`,
        `  Talking: ${languageModel}${languageModel === "embedded rules" ? " (no language model; see `parley dev --help` for a real one)" : ""}`,
        `  Hearing: ${speechToText}; voice: ${textToSpeech}`,
        `  Data: ${dataFolder}`,
        "  Whoever opens this link on this machine is signed in as the local user, without a password.",
        "  Ctrl-C ends it.",
        "",
      ].join("\n"),
    ),
  )

const serve = Effect.fnUntraced(function* (options: DevOptions, scope: Scope.Scope) {
  const startedAt = yield* Clock.currentTimeMillis
  yield* checkPort(options.port)
  const context = yield* Layer.buildWithScope(everything(options), scope).pipe(Progress.explained("starting"))
  yield* Effect.gen(function* () {
    const { url } = yield* Server.Server
    yield* greet(url.origin, options.dataFolder, (yield* Clock.currentTimeMillis) - startedAt)
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
