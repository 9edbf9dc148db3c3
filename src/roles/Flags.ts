import { Array, Option } from "effect"

/** What every command understands beside its own. */
const builtIn = ["--help", "-h", "--version", "--completions", "--log-level"]

const distance = (a: string, b: string): number => {
  let row: ReadonlyArray<number> = Array.makeBy(b.length + 1, (index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      )
    row = next
  }
  return row[b.length] ?? 0
}

/** As far as a slip of the finger goes. */
const typoMax = 2

export interface UnknownFlag {
  readonly flag: string
  readonly near: Option.Option<string>
}

/** The first flag that the command does not have: the parser itself takes it for a file name and blames what follows. */
export const unknown = (known: ReadonlyArray<string>, args: ReadonlyArray<string>): Option.Option<UnknownFlag> => {
  const all = [...known, ...builtIn]
  return Array.findFirst(
    args,
    (arg) => arg.startsWith("-") && arg !== "-" && !all.includes(arg.replace(/=.*$/s, "")),
  ).pipe(
    Option.map((arg) => {
      const flag = arg.replace(/=.*$/s, "")
      return { flag, near: Array.findFirst(all, (candidate) => distance(flag, candidate) <= typoMax) }
    }),
  )
}
