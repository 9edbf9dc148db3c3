import { connect, createServer, type Socket } from "node:net"
import { Effect, type Scope } from "effect"

/** A line to a server of this machine that can be cut and mended. */
export interface CutLine {
  readonly url: string
  /** Breaks what is connected and refuses what comes. */
  readonly cut: Effect.Effect<void>
  readonly mend: Effect.Effect<void>
}

const hostname = "127.0.0.1"

const makeServer = (port: number, isCut: () => boolean, sockets: Set<Socket>) => {
  const tie = (one: Socket, other: Socket) => {
    sockets.add(one)
    one.on("error", () => other.destroy())
    one.on("close", () => {
      sockets.delete(one)
      other.destroy()
    })
    one.pipe(other)
  }
  return createServer((near) => {
    if (isCut()) return void near.destroy()
    const far = connect(port, hostname)
    tie(near, far)
    tie(far, near)
  })
}

export const make = (target: string): Effect.Effect<CutLine, never, Scope.Scope> =>
  Effect.gen(function* () {
    const sockets = new Set<Socket>()
    let isCut = false
    const cut = Effect.sync(() => {
      isCut = true
      for (const socket of sockets) socket.destroy()
    })
    const server = yield* Effect.acquireRelease(
      Effect.async<ReturnType<typeof createServer>>((resume) => {
        const made = makeServer(Number(new URL(target).port), () => isCut, sockets)
        made.listen(0, hostname, () => resume(Effect.succeed(made)))
      }),
      (made) =>
        Effect.zipRight(
          cut,
          Effect.async<void>((resume) => void made.close(() => resume(Effect.void))),
        ),
    )
    const address = server.address()
    if (address === null || typeof address === "string") return yield* Effect.dieMessage("the line has no port")
    return { url: `http://${hostname}:${address.port}`, cut, mend: Effect.sync(() => void (isCut = false)) }
  })
