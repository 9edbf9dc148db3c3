/** Quieter than this, in dB of full scale, counts as silence; at the ceiling a meter is full. Speech lies between. */
const floorDecibels = -58
const ceilingDecibels = -14

/** The loudness of a block, 0 to 1, on a scale on which ordinary speech moves visibly. */
export const levelOf = (block: Float32Array): number => {
  let sum = 0
  for (const sample of block) sum += sample * sample
  const decibels = 10 * Math.log10(sum / Math.max(1, block.length) + 1e-10)
  return Math.max(0, Math.min(1, (decibels - floorDecibels) / (ceilingDecibels - floorDecibels)))
}

/** Reads an analyser's loudness now, 0 to 1. */
export const meterOf = (analyser: AnalyserNode): (() => number) => {
  const block = new Float32Array(analyser.fftSize)
  return () => {
    analyser.getFloatTimeDomainData(block)
    return levelOf(block)
  }
}
