import { Effect } from "effect"

const root = new URL("../../", import.meta.url).pathname
const main = `${root}src/main.ts`

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** An environment without what the person who runs the tests has set. */
export const bareEnvironment = (home: string): Record<string, string> => ({
  PATH: Bun.env["PATH"] ?? "",
  HOME: home,
  PARLEY_LOG_LEVEL: "warning",
})

/** The command as people run it, in a process of its own; ended when it takes too long. */
export const parley = (
  args: ReadonlyArray<string>,
  options: { readonly cwd: string; readonly env?: Record<string, string>; readonly timeoutMillis?: number },
): Effect.Effect<Ran> =>
  Effect.promise(async () => {
    const child = Bun.spawn([process.execPath, main, ...args], {
      cwd: options.cwd,
      env: { ...bareEnvironment(options.cwd), ...options.env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: options.timeoutMillis ?? 15_000,
    })
    const [stdout, stderr, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ])
    return { code, stdout, stderr }
  })

export const projectRoot = root
