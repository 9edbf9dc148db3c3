import { Effect, Schema } from "effect"

/** Nobody can listen there; `message` says what to do. */
export class PortBusy extends Schema.TaggedError<PortBusy>()("PortBusy", {
  hostname: Schema.String,
  port: Schema.Number,
}) {
  override get message(): string {
    return (
      `port ${this.port} on ${this.hostname} is taken, perhaps by another Parley that still runs ` +
      `(\`lsof -i :${this.port}\` or \`ss -ltnp\` shows who). Stop it, or take another port with --port`
    )
  }
}

/** Listening failed for another reason, such as an address that is not this machine's. */
export class ListenFailed extends Schema.TaggedError<ListenFailed>()("ListenFailed", {
  hostname: Schema.String,
  port: Schema.Number,
  detail: Schema.String,
}) {
  override get message(): string {
    return `cannot listen on ${this.hostname}:${this.port} (${this.detail}); take another port with --port`
  }
}

const codeOf = (cause: unknown): unknown =>
  typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined

export const listen = <A>(address: { readonly hostname: string; readonly port: number }, serve: () => A) =>
  Effect.try({
    try: serve,
    catch: (cause) =>
      codeOf(cause) === "EADDRINUSE"
        ? new PortBusy(address)
        : new ListenFailed({ ...address, detail: cause instanceof Error ? cause.message : String(cause) }),
  })
