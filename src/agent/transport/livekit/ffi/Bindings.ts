import { createRequire } from "node:module"
import type * as Ffi from "@livekit/rtc-ffi-bindings"

const ofSdk = createRequire(createRequire(import.meta.url).resolve("@livekit/rtc-node"))

/**
 * The native half of `@livekit/rtc-node`, found from there: were it another copy, there would be two native sides in the process,
 * and handles of one mean nothing to the other.
 */
export const bindings: typeof Ffi = ofSdk("@livekit/rtc-ffi-bindings")
