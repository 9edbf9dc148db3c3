import * as HttpApi from "@effect/platform/HttpApi"
import * as OpenApi from "@effect/platform/OpenApi"
import { ConversationsGroup } from "./ConversationsApi.ts"
import { BadRequest, InternalError } from "./Errors.ts"
import { RecordingsGroup } from "./RecordingsApi.ts"
import { SystemGroup } from "./SystemApi.ts"
import { TalkGroup } from "./TalkApi.ts"

/** The whole HTTP API, declared once: server, documents and typed clients all come from here. */
export class ParleyApi extends HttpApi.make("parley")
  .add(SystemGroup)
  .add(ConversationsGroup)
  .add(RecordingsGroup)
  .add(TalkGroup)
  .addError(BadRequest)
  .addError(InternalError)
  .prefix("/v1")
  .annotate(OpenApi.Title, "Parley")
  .annotate(OpenApi.Description, "Conversations with a self-hosted voice assistant") {}
