import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import { Schema } from "effect"
import { User } from "../../domain/user/User.ts"
import { Authentication } from "./Authentication.ts"

/** What this installation is made of, for the page to show. */
export const SystemInfo = Schema.Struct({
  version: Schema.String,
  assistantName: Schema.String,
  /** Everybody on this machine is signed in as the local user. */
  localSignIn: Schema.Boolean,
  speechToText: Schema.String,
  languageModel: Schema.String,
  textToSpeech: Schema.String,
  /** Where the page opens its voice socket, relative to the origin. */
  voicePath: Schema.String,
  /** Which way people talk: in rooms of a media server, or over the voice socket. */
  media: Schema.Literal("livekit", "websocket"),
})

export class SystemGroup extends HttpApiGroup.make("system")
  .add(HttpApiEndpoint.get("info", "/system").addSuccess(SystemInfo))
  .add(HttpApiEndpoint.get("me", "/me").addSuccess(User).middleware(Authentication)) {}
