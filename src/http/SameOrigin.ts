const loopbackNames = new Set(["localhost", "127.0.0.1", "[::1]"])

export const isLoopback = (hostname: string): boolean =>
  loopbackNames.has(hostname) || hostname === "::1" || hostname.endsWith(".localhost")

const parse = (url: string): URL | undefined => (URL.canParse(url) ? new URL(url) : undefined)

const readsOnly = new Set(["GET", "HEAD"])

/**
 * Why a request is not answered; undefined: it may be. A server that listens on loopback, where nobody has to sign in, answers
 * to loopback names only: a page of another name that resolves to this machine (DNS rebinding) reads nothing. Changes
 * and voice sockets are taken from pages of this origin only, and from programs, which send no `Origin`.
 */
export const refusal = (request: Request, onLoopback: boolean, isUpgrade: boolean): string | undefined => {
  const host = parse(`http://${request.headers.get("host") ?? ""}`)
  if (host === undefined) return "the Host header is missing or broken"
  if (onLoopback && !isLoopback(host.hostname)) return "this server answers to loopback names only"
  if (readsOnly.has(request.method) && !isUpgrade) return undefined
  const origin = request.headers.get("origin")
  // Behind a proxy that ends TLS the schemes differ, so hosts are compared.
  if (origin !== null && parse(origin)?.host !== host.host) return "requests from other sites are not taken"
  const site = request.headers.get("sec-fetch-site")
  if (site !== null && site !== "same-origin" && site !== "none") return "requests from other sites are not taken"
  return undefined
}

/**
 * The same for an address where only a program posts, one that proves by its signature who it is: it may know this server by
 * any name, and no page has anything to do there.
 */
export const refusalOfPages = ({ headers }: Request): string | undefined =>
  headers.has("origin") || headers.has("sec-fetch-site") ? "requests of pages are not taken here" : undefined
