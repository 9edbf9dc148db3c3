import type { BitWriter } from "./BitWriter.ts"
import { writeResidual } from "./Residual.ts"

const sampleBits = 16
const orderMax = 4
const fixedPredictor = 8

const isConstant = (samples: Int16Array): boolean => {
  const first = samples[0]
  for (let index = 1; index < samples.length; index++) if (samples[index] !== first) return false
  return true
}

/** Which of the fixed predictors leaves least over; the n-th one predicts that the n-th difference is zero. */
const bestOrder = (samples: Int16Array): number => {
  let [last0, last1, last2, last3] = [0, 0, 0, 0]
  let [sum0, sum1, sum2, sum3, sum4] = [0, 0, 0, 0, 0]
  for (let index = 0; index < samples.length; index++) {
    const difference0 = samples[index] ?? 0
    const difference1 = difference0 - last0
    const difference2 = difference1 - last1
    const difference3 = difference2 - last2
    const difference4 = difference3 - last3
    last0 = difference0
    last1 = difference1
    last2 = difference2
    last3 = difference3
    // The first differences have no samples before them that they could be told from.
    if (index < orderMax) continue
    sum0 += Math.abs(difference0)
    sum1 += Math.abs(difference1)
    sum2 += Math.abs(difference2)
    sum3 += Math.abs(difference3)
    sum4 += Math.abs(difference4)
  }
  const sums = [sum0, sum1, sum2, sum3, sum4]
  return sums.indexOf(Math.min(...sums))
}

/** One channel of a block (RFC 9639, section 9.2). `scratch` has room for a block and is overwritten. */
export const writeSubframe = (out: BitWriter, samples: Int16Array, scratch: Int32Array) => {
  if (isConstant(samples)) {
    out.write(0, 8)
    out.write(samples[0] ?? 0, sampleBits)
    return
  }
  const order = samples.length > 2 * orderMax ? bestOrder(samples) : 0
  out.write((fixedPredictor + order) << 1, 8)
  scratch.set(samples)
  for (let round = 1; round <= order; round++) {
    for (let index = samples.length - 1; index >= round; index--) {
      scratch[index] = (scratch[index] ?? 0) - (scratch[index - 1] ?? 0)
    }
  }
  for (let index = 0; index < order; index++) out.write(samples[index] ?? 0, sampleBits)
  writeResidual(out, scratch, samples.length, order)
}
