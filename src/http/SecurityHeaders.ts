/** A media server is reached by a socket, and asked over HTTP why a socket did not open. */
const bothSchemes = (url: string): ReadonlyArray<string> => {
  const { host, protocol } = new URL(url)
  const secure = protocol === "wss:" || protocol === "https:" ? "s" : ""
  return [`ws${secure}://${host}`, `http${secure}://${host}`]
}

/**
 * The page runs our own scripts; its audio worklets are blobs that it makes itself, and its dialogs bring style
 * elements of their own.
 */
const pagePolicy = (connectTo: ReadonlyArray<string>) => [
  "default-src 'none'",
  "script-src 'self' blob:",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  ["connect-src 'self'", ...connectTo.flatMap(bothSchemes)].join(" "),
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
]

/** The API's documents are one page with its script inside, made by us from our own declaration. */
export const docsPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ")

const always: ReadonlyArray<readonly [name: string, value: string]> = [
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "no-referrer"],
  ["permissions-policy", "microphone=(self), camera=(), geolocation=(), payment=(), usb=()"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
]

/** Sets what every response carries. `connectTo`: URLs of other servers that the page talks to; only their origins count. */
export const makeSecure = (connectTo: ReadonlyArray<string>) => {
  const policy = pagePolicy(connectTo).join("; ")
  return (headers: Headers) => {
    for (const [name, value] of always) headers.set(name, value)
    if (!headers.has("content-security-policy")) headers.set("content-security-policy", policy)
  }
}
