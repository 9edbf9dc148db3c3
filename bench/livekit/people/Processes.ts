import { readdirSync, readFileSync } from "node:fs"

/** Ticks a second, as Linux reports CPU time. */
const ticksPerSecond = 100

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    // The process has ended.
    return ""
  }
}

/** The fields after the name, which may hold spaces. */
const statOf = (pid: number) => {
  const stat = read(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")
}

/** The process and all its descendants. */
export const tree = (root: number): ReadonlyArray<number> => {
  const children = new Map<number, Array<number>>()
  for (const name of readdirSync("/proc")) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const parent = Number(statOf(pid)[1])
    children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const walk = (pid: number): ReadonlyArray<number> => [pid, ...(children.get(pid) ?? []).flatMap(walk)]
  return walk(root)
}

/** User and system time, in seconds. */
export const cpuSeconds = (pid: number): number => {
  const fields = statOf(pid)
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond
}

/** All CPU time of the machine but idling, in seconds. */
export const busySeconds = (): number => {
  const [user, nice, system, , , irq, softirq] = (read("/proc/stat").split("\n")[0] ?? "")
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return [user, nice, system, irq, softirq].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) / ticksPerSecond
}

/** Proportional set size: shared pages count by their share. In MB. */
export const pssMegabytes = (root: number): number =>
  tree(root).reduce(
    (sum, pid) => sum + Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1_024,
    0,
  )

export interface Usage {
  readonly atMillis: number
  readonly byPid: ReadonlyMap<number, number>
  readonly server: number
  readonly own: number
  readonly busy: number
}

export const usage = (worker: number, server: number): Usage => ({
  atMillis: performance.now(),
  byPid: new Map(tree(worker).map((pid) => [pid, cpuSeconds(pid)])),
  server: cpuSeconds(server),
  own: cpuSeconds(process.pid),
  busy: busySeconds(),
})

/** Cores in use between two readings, by whose they are. */
export const cores = (from: Usage, to: Usage) => {
  const seconds = (to.atMillis - from.atMillis) / 1_000
  let worker = 0
  for (const [pid, spent] of to.byPid) worker += spent - (from.byPid.get(pid) ?? 0)
  const server = to.server - from.server
  const own = to.own - from.own
  return {
    worker: worker / seconds,
    server: server / seconds,
    people: own / seconds,
    others: (to.busy - from.busy - worker - server - own) / seconds,
  }
}
