import type { BitWriter } from "./BitWriter.ts"

/** Blocks are cut into so many partitions, as a power of two, each with a Rice parameter of its own. */
const partitionOrder = 3
/** 15 would announce samples that are not coded. */
const parameterMax = 14
const bitsAtOnce = 24

/** The parameter that makes a partition about shortest: log2 of its mean. */
const parameterOf = (sum: number, count: number): number => {
  let parameter = 0
  while (parameter < parameterMax && count * 2 ** (parameter + 1) < sum) parameter++
  return parameter
}

/** Signed to unsigned, small ones first: 0, -1, 1, -2, 2 … */
const folded = (value: number): number => (value << 1) ^ (value >> 31)

const writePartition = (out: BitWriter, residual: Int32Array, from: number, to: number) => {
  let sum = 0
  for (let index = from; index < to; index++) sum += folded(residual[index] ?? 0) >>> 0
  const parameter = parameterOf(sum, to - from)
  out.write(parameter, 4)
  const stop = 1 << parameter
  const mask = stop - 1
  for (let index = from; index < to; index++) {
    const value = folded(residual[index] ?? 0)
    const zeros = value >>> parameter
    const bits = parameter + 1
    if (zeros + bits <= bitsAtOnce) {
      out.write(stop | (value & mask), zeros + bits)
    } else {
      out.zeros(zeros)
      out.write(stop | (value & mask), bits)
    }
  }
}

/** What the predictor of `order` left over of a block: `residual` from `order` on (RFC 9639, section 9.2.7). */
export const writeResidual = (out: BitWriter, residual: Int32Array, samples: number, order: number) => {
  const divides = samples % (1 << partitionOrder) === 0 && samples >> partitionOrder > order
  const partitions = divides ? 1 << partitionOrder : 1
  out.write(0, 2)
  out.write(divides ? partitionOrder : 0, 4)
  const length = samples / partitions
  for (let index = 0; index < partitions; index++) {
    writePartition(out, residual, index === 0 ? order : index * length, (index + 1) * length)
  }
}
