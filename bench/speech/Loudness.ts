import { level, type PcmFrame } from "../../src/domain/speech/PcmFrame.ts"

const blockMillis = 10
/** So much quieter than the loudest block is breath, room and hiss: -20 dB. Rather too early than too late, at our own cost. */
const speechShare = 10 ** (-20 / 20)
/** What a listener notices: 1 % of full scale. */
const audibleSample = 327

/** Where the last speech of a recording ends, in milliseconds from its beginning. */
export const endOfSpeechMillis = ({ sampleRate, samples }: PcmFrame): number => {
  const size = (blockMillis * sampleRate) / 1_000
  const blocks = Array.from({ length: Math.ceil(samples.length / size) }, (_, index) =>
    level({ samples: samples.subarray(index * size, (index + 1) * size), sampleRate }),
  )
  const loudest = blocks.reduce((most, block) => Math.max(most, block), 0)
  return (blocks.findLastIndex((block) => block >= loudest * speechShare) + 1) * blockMillis
}

/** Where something can be heard first, in milliseconds; undefined in silence. */
export const firstAudibleMillis = (samples: Int16Array, sampleRate: number): number | undefined => {
  const index = samples.findIndex((sample) => Math.abs(sample) >= audibleSample)
  return index < 0 ? undefined : (index * 1_000) / sampleRate
}
