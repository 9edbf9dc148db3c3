/** The value that a share `p` (0 to 1) of the values does not exceed; NaN of none. */
export const percentile = (values: ReadonlyArray<number>, p: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN
}

export const maximum = (values: ReadonlyArray<number>): number =>
  values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** By how much y grows when x grows by one: the least-squares line. NaN of fewer than two points. */
export const slope = (points: ReadonlyArray<readonly [x: number, y: number]>): number => {
  if (points.length < 2) return Number.NaN
  const x0 = mean(points.map(([x]) => x))
  const y0 = mean(points.map(([, y]) => y))
  const covariance = points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0)
  return covariance / points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0)
}
