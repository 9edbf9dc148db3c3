import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import { Effect } from "effect"
import { CurrentUser } from "../api/Authentication.ts"
import { ParleyApi } from "../api/ParleyApi.ts"
import type { SystemInfo } from "../api/SystemApi.ts"

export const layer = (info: typeof SystemInfo.Type) =>
  HttpApiBuilder.group(ParleyApi, "system", (handlers) =>
    handlers.handle("info", () => Effect.succeed(info)).handle("me", () => CurrentUser),
  )
