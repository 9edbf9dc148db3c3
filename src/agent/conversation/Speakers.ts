/** So many segments are remembered; words are answered long before. */
const segmentsMax = 64

/** Who speaks which segment, where several people talk. Undefined: it is the one person whose conversation this is. */
export const make = () => {
  let speaking: string | undefined
  const bySegment = new Map<number, string | undefined>()
  return {
    heard: (name: string) => void (speaking = name),
    started: (segment: number) => {
      bySegment.set(segment, speaking)
      if (bySegment.size > segmentsMax) bySegment.delete(segment - segmentsMax)
    },
    of: (segment: number | undefined) => (segment === undefined ? undefined : bySegment.get(segment)),
    newest: () => speaking,
  }
}
