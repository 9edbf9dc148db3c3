import { describe, expect, it } from "@effect/vitest"
import { docsPolicy, makeSecure } from "../../src/http/SecurityHeaders.ts"

const policyOf = (connectTo: ReadonlyArray<string>, headers = new Headers()) => {
  makeSecure(connectTo)(headers)
  return headers.get("content-security-policy") ?? ""
}
const connectSources = (policy: string) => /connect-src ([^;]*)/.exec(policy)?.[1]

describe("what a page may connect to", () => {
  it("is its own server alone, when there is no other", () => {
    expect(connectSources(policyOf([]))).toBe("'self'")
  })

  it("is the media server, too, by socket and by HTTP, whichever of them its URL names", () => {
    const sources = "'self' wss://rooms.example:7443 https://rooms.example:7443"
    expect(connectSources(policyOf(["wss://rooms.example:7443/some/path"]))).toBe(sources)
    expect(connectSources(policyOf(["https://rooms.example:7443"]))).toBe(sources)
    expect(connectSources(policyOf(["ws://127.0.0.1:7880"]))).toBe("'self' ws://127.0.0.1:7880 http://127.0.0.1:7880")
  })

  it("stays what a document says of itself", () => {
    expect(policyOf(["wss://rooms.example"], new Headers({ "content-security-policy": docsPolicy }))).toBe(docsPolicy)
  })
})
