import type { BunRequest } from "bun"
import { Effect, Schema } from "effect"
import index from "../../src/client/index.html"
import * as ClientPage from "../../src/http/ClientPage.ts"
import { makeSecure } from "../../src/http/SecurityHeaders.ts"
import { MockHistory } from "./MockHistory.ts"
import { mockAudio } from "./MockRecording.ts"
import { talkFor } from "./MockScript.ts"
import { MockTalk } from "./MockTalk.ts"
import { MockVoice } from "./MockVoice.ts"

/**
 * A stand-in for the server, to develop and test the web app against: `bun test/support/MockParley.ts [port]`. It prints its
 * address. With `--talk` it holds a scripted conversation with whoever comes; else it does what it is told at `/mock/...`.
 */
const voice = new MockVoice()
const talk = new MockTalk()
const history = new MockHistory()
const talking = process.argv.includes("--talk")
const port = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? "0")

const notFound = (message: string) =>
  Response.json({ _tag: "NotFound", code: "not_found", message, requestId: "mock" }, { status: 404 })

const info = () => ({
  version: "0.1.0-mock",
  assistantName: "Parley",
  localSignIn: true,
  speechToText: "Moonshine tiny",
  languageModel: "built-in rules",
  textToSpeech: "flite (slt)",
  voicePath: "/v1/voice",
  media: talk.livekit === undefined ? "websocket" : "livekit",
})

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
  talk: (body) => Object.assign(talk, body),
  history: (body) => Object.assign(history, body),
}

// As the real server gives it out, with its headers: what they forbid must not be missed here.
const client = Effect.runSync(Effect.scoped(ClientPage.make(index.index)))
const secured = async (response: Promise<Response | undefined>) => {
  const found = (await response) ?? new Response("no such page", { status: 404 })
  makeSecure(talk.livekit === undefined ? [] : [talk.livekit.url])(found.headers)
  return found
}
const page = (request: Request) => secured(Effect.runPromise(client.page(request)))

type WithRecording = BunRequest<"/v1/conversations/:id/recordings/:recordingId/audio">
type WithId = BunRequest<"/v1/conversations/:id">

const server = Bun.serve<{ readonly resume: string | null }>({
  port,
  hostname: "127.0.0.1",
  development: false,
  routes: {
    "/": page,
    "/conversations": page,
    "/conversations/*": page,
    "/v1/system": () => Response.json(info()),
    "/v1/conversations": {
      GET: (request: Request) => Response.json(history.page(new URL(request.url).searchParams.get("cursor"))),
      POST: async (request: Request) => talk.begin(await request.text()),
    },
    "/v1/conversations/:id": {
      GET: (request: WithId) => {
        const detail = history.detail(request.params.id)
        return detail === undefined ? notFound("there is no such conversation") : Response.json(detail)
      },
      DELETE: (request: WithId) =>
        history.remove(request.params.id)
          ? new Response(null, { status: 204 })
          : notFound("there is no such conversation"),
    },
    "/v1/conversations/:id/recordings": (request: WithId) => Response.json(history.recordings(request.params.id)),
    "/v1/conversations/:id/recordings/:recordingId/audio": (request: WithRecording) => {
      const { id, recordingId } = request.params
      const found = history.recordings(id).items.find((one) => one.id === recordingId)
      const isHeard = found !== undefined && !history.silent
      return isHeard ? mockAudio(request, found.durationMillis / 1_000) : notFound("there is no such recording")
    },
    "/v1/conversations/:id/join": { POST: (request: WithId) => talk.join(request.params.id) },
    "/v1/conversations/:id/place": () => talk.whereIs(),
    "/v1/conversations/:id/leave": { POST: (request: WithId) => talk.leave(request.params.id) },
    "/mock/seen": () => {
      const { begun, joined, left, places } = talk
      return Response.json({ ...voice.seen, begun, joined, left, places })
    },
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
    return secured(Effect.runPromise(client.asset(request, url.pathname)))
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
