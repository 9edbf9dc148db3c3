/** Above the noise of any codec, below any voice of ours. */
const loudSample = 1_500
const step = 4

export const isLoud = (samples: Int16Array): boolean => {
  for (let index = 0; index < samples.length; index += step) {
    const sample = samples[index] ?? 0
    if (sample > loudSample || sample < -loudSample) return true
  }
  return false
}
