import { Effect } from "effect"

/** A file of stereo 16-bit FLAC, decoded by a decoder that is not ours (Debian's package sox). */
export interface Decoded {
  readonly sampleRate: number
  readonly left: Int16Array
  readonly right: Int16Array
}

const sox = (args: ReadonlyArray<string>, input: Uint8Array): Buffer => {
  const path = Bun.which("sox")
  if (path === null) throw new Error("These tests need sox (Debian's package sox): bun run services")
  const { exitCode, stderr, stdout } = Bun.spawnSync([path, "-V2", ...args], { stdin: input })
  const complaint = stderr.toString().trim()
  if (exitCode !== 0 || complaint !== "") throw new Error(`sox: ${complaint}`)
  return stdout
}

const wavHeaderBytes = 44

export const decode = (file: Uint8Array): Effect.Effect<Decoded> =>
  Effect.sync(() => {
    const wav = sox(["-t", "flac", "-", "-t", "wav", "-b", "16", "-e", "signed", "-"], file)
    const channel = (offset: number) =>
      Int16Array.from({ length: (wav.length - wavHeaderBytes) / 4 }, (_, index) =>
        wav.readInt16LE(wavHeaderBytes + 4 * index + offset),
      )
    return { sampleRate: wav.readUInt32LE(24), left: channel(0), right: channel(2) }
  })

/** Where a track sounds, in samples: runs that are louder than `level`, with gaps of fewer than `gap` samples within. */
export const sounding = (
  track: Int16Array,
  gap = 160,
  level = 0,
): ReadonlyArray<readonly [from: number, to: number]> => {
  const runs: Array<[number, number]> = []
  track.forEach((sample, index) => {
    if (Math.abs(sample) <= level) return
    const last = runs.at(-1)
    if (last !== undefined && index - last[1] < gap) last[1] = index + 1
    else runs.push([index, index + 1])
  })
  return runs
}
