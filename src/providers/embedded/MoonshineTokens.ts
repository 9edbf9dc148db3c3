import { mkdir, rename } from "node:fs/promises"
import { join } from "node:path"
import { readBytes, sha256, UnusableModel } from "./ModelIntegrity.ts"

/**
 * Moonshine's vocabulary is Llama 2's with 768 tokens of its own behind it. Its package does not carry the vocabulary as
 * the engine wants it (a line a token: base64 of the text, a space, the number), so it is derived from llama-tokenizer-js once
 * and kept.
 */
const llamaTokens = 32_000
const moonshineTokens = 32_768
const tokensSha256 = "a31ab2cebd4af711b5439d1a2abb6356d4b53a134b627d78cfdd029a8871be14"

const byteToken = /^<0x([0-9A-F]{2})>$/

const tokenText = (vocabulary: ReadonlyArray<string>, id: number): string => {
  const token = vocabulary[id]
  if (token === undefined) return `<<ST_${id - llamaTokens}>>`
  const byte = byteToken.exec(token)?.[1]
  return byte === undefined ? token : String.fromCharCode(Number.parseInt(byte, 16))
}

const derive = async (): Promise<Uint8Array> => {
  const { default: tokenizer } = await import("llama-tokenizer-js")
  const lines: Array<string> = []
  for (let id = 0; id < moonshineTokens; id++) {
    lines.push(`${Buffer.from(tokenText(tokenizer.vocabById, id), "utf8").toString("base64")} ${id}\n`)
  }
  return Buffer.from(lines.join(""), "utf8")
}

const unusable = (path: string, remedy: string) =>
  new UnusableModel({
    name: "moonshine-tokens",
    purpose: "speech recognition's vocabulary",
    path,
    integrity: "corrupt",
    remedy,
  })

/** The path of a whole vocabulary in the cache directory, written there when it is missing or broken. */
export const ensureMoonshineTokens = async (cacheDir: string): Promise<string> => {
  const path = join(cacheDir, `moonshine-tokens-${tokensSha256.slice(0, 12)}.txt`)
  const kept = await readBytes(path)
  if (kept !== undefined && sha256(kept) === tokensSha256) return path
  const derived = await derive()
  if (sha256(derived) !== tokensSha256) {
    throw unusable("llama-tokenizer-js", "Its package differs from the one that was tested: run `bun install --force`.")
  }
  try {
    await mkdir(cacheDir, { recursive: true })
    // Renamed into place whole, so that another process never reads half a file.
    const draft = `${path}.${process.pid}`
    await Bun.write(draft, derived)
    await rename(draft, path)
  } catch (cause) {
    throw unusable(path, `It cannot be written (${String(cause)}): give Parley a cache directory that it may write to.`)
  }
  return path
}
