import { readdirSync } from "node:fs"
import { join } from "node:path"
import type { EngineSetup, RecognitionCalls } from "../EngineProtocol.ts"
import { loadModel } from "../ModelIntegrity.ts"
import { models, packagePath } from "../Models.ts"
import { ensureMoonshineTokens } from "../MoonshineTokens.ts"
import type { Handlers } from "./main.ts"
import { openRecogniser } from "./MoonshineRecogniser.ts"
import { openSileroNet } from "./SileroNet.ts"

/** sherpa-onnx brings ONNX Runtime in a package a platform, which it names like this. */
const runtimeLibrary = (): string => {
  const platform = process.platform === "win32" ? "win" : process.platform
  const packageName = `sherpa-onnx-${platform}-${process.arch}`
  const folder = packagePath(`${packageName}/package.json`, ".")
  const name = folder && readdirSync(folder).find((file) => /^(lib)?onnxruntime\.(so|dylib|dll)$/.test(file))
  if (!folder || !name) throw new Error(`embedded speech does not run here: there is no ${packageName}`)
  return join(folder, name)
}

/** Verifies the models, then loads them. */
export const open = async ({ cacheDir, paths }: EngineSetup): Promise<Handlers<RecognitionCalls>> => {
  const [encoder, decoder, silero, tokens] = await Promise.all([
    loadModel(models["moonshine-encoder"], paths),
    loadModel(models["moonshine-decoder"], paths),
    loadModel(models["silero-vad"], paths),
    ensureMoonshineTokens(cacheDir),
  ])
  const opening = openRecogniser({ encoder: encoder.path, decoder: decoder.path, tokens })
  const detector = openSileroNet(runtimeLibrary(), silero.bytes)
  const recogniser = await opening
  return {
    decode: ({ samples }) => recogniser.decode(samples),
    detect: ({ session, window }) => detector.detect(session, window),
    forget: ({ session }) => {
      detector.forget(session)
      return null
    },
  }
}
