import { Config } from "effect"

export interface DispatchOptions {
  /** How long a lease holds without being renewed, in milliseconds. Workers renew every second. */
  readonly leaseMillis: number
  /** Jobs that may wait for a worker. */
  readonly waitingMax: number
}

export const defaults: DispatchOptions = { leaseMillis: 3_000, waitingMax: 1_000 }

/** DISPATCH_LEASE_MILLIS and DISPATCH_WAITING_MAX. */
export const config: Config.Config<DispatchOptions> = Config.all({
  leaseMillis: Config.integer("DISPATCH_LEASE_MILLIS").pipe(Config.withDefault(defaults.leaseMillis)),
  waitingMax: Config.integer("DISPATCH_WAITING_MAX").pipe(Config.withDefault(defaults.waitingMax)),
})
