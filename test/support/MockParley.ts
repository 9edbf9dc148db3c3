import type { BunRequest } from "bun"
import { Schema } from "effect"
import index from "../../src/client/index.html"
import { MockHistory } from "./MockHistory.ts"
import { talkFor } from "./MockScript.ts"
import { MockVoice } from "./MockVoice.ts"

/**
 * A stand-in for the server, to develop and test the web app against: `bun test/support/MockParley.ts [port]`. It prints its
 * address. With `--talk` it holds a scripted conversation with whoever comes; else it does what it is told at `/mock/...`.
 */
const voice = new MockVoice()
const history = new MockHistory()
const talking = process.argv.includes("--talk")
const port = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? "0")

const notFound = (message: string) =>
  Response.json({ _tag: "NotFound", code: "not_found", message, requestId: "mock" }, { status: 404 })

const info = {
  version: "0.1.0-mock",
  assistantName: "Parley",
  localSignIn: true,
  speechToText: "Moonshine tiny",
  languageModel: "built-in rules",
  textToSpeech: "flite (slt)",
  voicePath: "/v1/voice",
  media: "websocket",
}

/** What any command may carry. */
const Command = Schema.Struct(
  { seconds: Schema.optionalWith(Schema.Number, { default: () => 1 }) },
  Schema.Record({ key: Schema.String, value: Schema.Unknown }),
)
type Command = typeof Command.Type
const decodeCommand = Schema.decodeUnknownSync(Schema.parseJson(Command))

const commands: Record<string, (body: Command) => unknown> = {
  send: (body) => voice.send(body),
  raw: (body) => voice.sendRaw(JSON.stringify(body)),
  tone: (body) => voice.tone(body.seconds),
  stop: () => voice.stop(),
  drop: () => voice.drop(),
  forget: () => voice.forget(),
  set: (body) => Object.assign(voice, body),
}

const server = Bun.serve<{ readonly resume: string | null }>({
  port,
  hostname: "127.0.0.1",
  development: false,
  routes: {
    "/": index,
    "/conversations": index,
    "/conversations/*": index,
    "/v1/system": () => Response.json(info),
    "/v1/conversations": (request: Request) =>
      Response.json(history.page(new URL(request.url).searchParams.get("cursor"))),
    "/v1/conversations/:id": {
      GET: (request: BunRequest<"/v1/conversations/:id">) => {
        const detail = history.detail(request.params.id)
        return detail === undefined ? notFound("there is no such conversation") : Response.json(detail)
      },
      DELETE: (request: BunRequest<"/v1/conversations/:id">) =>
        history.remove(request.params.id)
          ? new Response(null, { status: 204 })
          : notFound("there is no such conversation"),
    },
    "/mock/seen": () => Response.json(voice.seen),
    "/mock/:command": {
      POST: async (request: BunRequest<"/mock/:command">) => {
        const text = await request.text()
        commands[request.params.command]?.(decodeCommand(text === "" ? "{}" : text))
        return new Response(null, { status: 204 })
      },
    },
  },
  fetch: (request, server) => {
    const url = new URL(request.url)
    if (url.pathname === "/v1/voice" && !voice.refusing) {
      const resume = url.searchParams.get("resume")
      if (server.upgrade(request, { data: { resume } })) return undefined
    }
    return new Response("no such page", { status: 404 })
  },
  websocket: {
    open: (socket) => {
      voice.opened(socket, socket.data.resume)
      if (talking) void talkFor(voice)
    },
    message: (_socket, data) => voice.received(data),
  },
})

console.log(server.url.href)
