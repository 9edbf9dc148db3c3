import { Data, Effect, type Scope } from "effect"

/** The web app could not be bundled. */
export class ClientBroken extends Data.TaggedError("ClientBroken")<{ readonly detail: string }> {
  override get message(): string {
    return `the web app could not be bundled: ${this.detail}`
  }
}

interface Asset {
  readonly body: Uint8Array<ArrayBuffer>
  readonly zipped: Uint8Array<ArrayBuffer>
  readonly contentType: string
  readonly etag: string
  readonly cacheControl: string
}

/** Names of assets hold a hash of what is in them; the page itself has to be asked for again. */
const forEver = "public, max-age=31536000, immutable"
const askAgain = "no-cache"

/** What is smaller gains nothing from being compressed, and images are already. */
const zipBytesMin = 1_024
const isText = (contentType: string) => /^(text|application\/(javascript|json)|image\/svg)/.test(contentType)

const pageKey = "/"

const toAsset = async (output: Bun.BuildArtifact): Promise<readonly [path: string, asset: Asset]> => {
  const body = new Uint8Array(await output.arrayBuffer())
  const isPage = output.loader === "html" && output.type.startsWith("text/html")
  const asset: Asset = {
    body,
    zipped: body.length >= zipBytesMin && isText(output.type) ? Bun.gzipSync(body) : body,
    contentType: output.type,
    etag: `"${output.hash ?? Bun.hash(body).toString(36)}"`,
    cacheControl: isPage ? askAgain : forEver,
  }
  return [isPage ? pageKey : output.path.replace(/^\.?\/?/, "/"), asset]
}

const build = async (page: string): Promise<ReadonlyMap<string, Asset>> => {
  const built = await Bun.build({
    entrypoints: [page],
    minify: true,
    // What the first picture does not need is loaded when it is needed.
    splitting: true,
    publicPath: "/",
    define: { "process.env.NODE_ENV": '"production"' },
  })
  return new Map(await Promise.all(built.outputs.map(toAsset)))
}

const detailOf = (cause: unknown): string =>
  cause instanceof AggregateError ? cause.errors.map(String).join("; ") : String(cause)

const respond = (asset: Asset, request: Request): Response => {
  const headers = new Headers({
    "content-type": asset.contentType,
    "cache-control": asset.cacheControl,
    etag: asset.etag,
    vary: "accept-encoding",
  })
  if (request.headers.get("if-none-match") === asset.etag) return new Response(null, { status: 304, headers })
  const zips = asset.zipped !== asset.body && /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")
  if (zips) headers.set("content-encoding", "gzip")
  return new Response(zips ? asset.zipped : asset.body, { headers })
}

export interface ClientPage {
  /** Undefined: no file of the web app. */
  readonly asset: (request: Request, path: string) => Effect.Effect<Response | undefined, ClientBroken>
  readonly page: (request: Request) => Effect.Effect<Response | undefined, ClientBroken>
}

/**
 * The web app, bundled once into memory, in the background from the start on. Bun's own HTML routes can neither
 * send security headers nor compress, so they serve development only.
 */
export const make = Effect.fn("ClientPage.make")(function* (
  page: string,
): Effect.fn.Return<ClientPage, never, Scope.Scope> {
  const assets = yield* Effect.cached(
    Effect.tryPromise({ try: () => build(page), catch: (cause) => new ClientBroken({ detail: detailOf(cause) }) }),
  )
  yield* Effect.forkScoped(Effect.catchAll(assets, (error) => Effect.logError(error.message)))
  const get = (request: Request, path: string) =>
    Effect.map(assets, (all) => {
      const asset = all.get(path)
      return asset === undefined ? undefined : respond(asset, request)
    })
  return { asset: get, page: (request) => get(request, pageKey) }
})
