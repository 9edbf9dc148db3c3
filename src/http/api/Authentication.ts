import * as HttpApiMiddleware from "@effect/platform/HttpApiMiddleware"
import { Context, Schema } from "effect"
import type { User } from "../../domain/user/User.ts"
import { ServiceUnavailable, Unauthorized } from "./Errors.ts"

/** Whose request this is. */
export class CurrentUser extends Context.Tag("parley/http/api/CurrentUser")<CurrentUser, User>() {}

/** Endpoints that have it are for people who are signed in. */
export class Authentication extends HttpApiMiddleware.Tag<Authentication>()("parley/http/api/Authentication", {
  failure: Schema.Union(Unauthorized, ServiceUnavailable),
  provides: CurrentUser,
}) {}
