import { createRequire } from "node:module"
import type { AudioStreamEvent, FfiEvent, FfiRequest, FfiResponse, PartialMessage } from "@livekit/rtc-ffi-bindings"
import { bindings } from "./Bindings.ts"

export type FfiListener = (event: FfiEvent) => void

/** What a client keeps for others, by kind. All are 0 once every room was left. */
export interface Held {
  readonly listeners: number
  readonly connecting: number
  readonly keyed: number
  readonly streams: number
  readonly replies: number
  readonly waiters: number
}

/** Where the SDK looks for its client. */
const slot = "_ffiClientInstance"

const sdkVersion: string = createRequire(import.meta.url)("@livekit/rtc-node/package.json").version

/**
 * In place of the SDK's own client, with its methods. The SDK's shows every event to every listener, and has the native side send
 * its log line by line, so that each room pays for all others. Here an event goes to whom it is for:
 *
 * - of a room, and calls of its methods: to the room that connected with that handle;
 * - of a text or byte stream: to its reader; of an audio stream: to its frames' taker;
 * - replies: to whoever waits for one;
 * - what has no such key, to all who listen without one. The log is not asked for.
 *
 * Whose listener it is shows in the order of the SDK's calls: a room listens and then connects, a reader listens and
 * then begins to read, each without anything in between.
 */
export class KeyedFfiClient {
  readonly #listeners = new Set<FfiListener>()
  readonly #connecting = new Map<bigint, FfiListener>()
  /** By a room's, a local participant's or a reader's handle; all handles are of one sequence. */
  readonly #keyed = new Map<bigint, FfiListener>()
  readonly #streams = new Map<bigint, (event: AudioStreamEvent) => void>()
  readonly #replies = new Map<bigint, FfiListener>()
  readonly #waiters = new Set<FfiListener>()
  #newest: FfiListener | undefined
  #asyncId = 0n

  constructor() {
    bindings.livekitInitialize((data) => this.#route(bindings.FfiEvent.fromBinary(data)), false, sdkVersion)
  }

  held(): Held {
    return {
      listeners: this.#listeners.size,
      connecting: this.#connecting.size,
      keyed: this.#keyed.size,
      streams: this.#streams.size,
      replies: this.#replies.size,
      waiters: this.#waiters.size,
    }
  }

  /** Frames of a native audio stream go here until `dropStream`. */
  takeStream(handle: bigint, take: (event: AudioStreamEvent) => void) {
    this.#streams.set(handle, take)
  }

  dropStream(handle: bigint) {
    this.#streams.delete(handle)
  }

  /** The one reply to a request that was just made. */
  takeReply(asyncId: bigint, take: FfiListener) {
    this.#replies.set(asyncId, take)
  }

  on(_event: "ffi_event", listener: FfiListener): this {
    this.#listeners.add(listener)
    this.#newest = listener
    return this
  }

  off(_event: "ffi_event", listener: FfiListener): this {
    this.#listeners.delete(listener)
    for (const map of [this.#keyed, this.#connecting]) {
      for (const [key, value] of map) if (value === listener) map.delete(key)
    }
    if (this.#newest === listener) this.#newest = undefined
    return this
  }

  removeListener(event: "ffi_event", listener: FfiListener): this {
    return this.off(event, listener)
  }

  // The SDK names the reply's type; the client's own promise is that the native side keeps to it.
  request<T>(request: PartialMessage<FfiRequest>): T {
    const data = bindings.livekitFfiRequest(new bindings.FfiRequest(request).toBinary())
    const { message } = bindings.FfiResponse.fromBinary(data)
    this.#keyOf(request.message, message)
    return message.value as T
  }

  copyBuffer(pointer: bigint, length: number): Uint8Array {
    return bindings.livekitCopyBuffer(pointer, length)
  }

  retrievePtr(data: Uint8Array): bigint {
    return bindings.livekitRetrievePtr(data)
  }

  getNextRequestAsyncId(): bigint {
    this.#asyncId += 1n
    return this.#asyncId
  }

  waitFor<T>(accepts: (event: FfiEvent) => boolean, options?: { readonly signal?: AbortSignal }): Promise<T> {
    const { promise, reject, resolve } = Promise.withResolvers<T>()
    const signal = options?.signal
    const reason = () => signal?.reason ?? new Error("waitFor aborted")
    if (signal?.aborted === true) {
      reject(reason())
      return promise
    }
    const end = () => {
      this.#waiters.delete(waiter)
      signal?.removeEventListener("abort", abort)
    }
    const abort = () => {
      end()
      reject(reason())
    }
    const waiter = (event: FfiEvent) => {
      if (!accepts(event)) return
      end()
      resolve(event.message.value as T)
    }
    signal?.addEventListener("abort", abort)
    this.#waiters.add(waiter)
    return promise
  }

  #keyOf(request: PartialMessage<FfiRequest>["message"], response: FfiResponse["message"]) {
    const listener = this.#newest
    if (request === undefined || listener === undefined) return
    if (request.case === "connect" && response.case === "connect" && response.value.asyncId !== undefined) {
      this.#give(this.#connecting, response.value.asyncId, listener)
    } else if (request.case === "textReadIncremental" || request.case === "byteReadIncremental") {
      const handle = request.value?.readerHandle
      if (handle !== undefined) this.#give(this.#keyed, handle, listener)
    }
  }

  #give(map: Map<bigint, FfiListener>, key: bigint, listener: FfiListener) {
    map.set(key, listener)
    this.#listeners.delete(listener)
    this.#newest = undefined
  }

  #connected(asyncId: bigint | undefined, handles: ReadonlyArray<bigint | undefined>) {
    const listener = asyncId === undefined ? undefined : this.#connecting.get(asyncId)
    if (asyncId === undefined || listener === undefined) return
    this.#connecting.delete(asyncId)
    for (const handle of handles) if (handle !== undefined) this.#keyed.set(handle, listener)
  }

  #route(event: FfiEvent) {
    const { message } = event
    switch (message.case) {
      case "logs":
        return
      case "roomEvent":
        return this.#deliver(message.value.roomHandle, event)
      case "rpcMethodInvocation":
        return this.#deliver(message.value.localParticipantHandle, event)
      case "textStreamReaderEvent":
      case "byteStreamReaderEvent":
        return this.#deliver(message.value.readerHandle, event)
      case "audioStreamEvent": {
        const take = this.#streams.get(message.value.streamHandle ?? 0n)
        return take === undefined ? this.#deliver(undefined, event) : take(message.value)
      }
      case "connect": {
        const { asyncId, message: result } = message.value
        if (result.case === "result") {
          this.#connected(asyncId, [result.value.room?.handle?.id, result.value.localParticipant?.handle?.id])
        }
        return this.#reply(asyncId, event)
      }
      default:
        return this.#reply(
          message.value !== undefined && "asyncId" in message.value ? message.value.asyncId : undefined,
          event,
        )
    }
  }

  #deliver(key: bigint | undefined, event: FfiEvent) {
    const listener = key === undefined ? undefined : this.#keyed.get(key)
    if (listener !== undefined) return listener(event)
    for (const each of this.#listeners) each(event)
  }

  #reply(asyncId: bigint | undefined, event: FfiEvent) {
    const take = asyncId === undefined ? undefined : this.#replies.get(asyncId)
    if (asyncId !== undefined && take !== undefined) {
      this.#replies.delete(asyncId)
      return take(event)
    }
    for (const waiter of this.#waiters) waiter(event)
    this.#deliver(undefined, event)
  }
}

/**
 * The process's client, put in the SDK's place at the first call: the native side can be begun only once. Throws when the SDK
 * was used before.
 */
export const installed = (): KeyedFfiClient => {
  const present: unknown = Reflect.get(globalThis, slot)
  if (present instanceof KeyedFfiClient) return present
  if (present !== undefined) throw new Error("the LiveKit SDK was used in this process before its keyed client came")
  const client = new KeyedFfiClient()
  Reflect.set(globalThis, slot, client)
  return client
}
