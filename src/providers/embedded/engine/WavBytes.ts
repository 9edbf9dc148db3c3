/** Flite's own WAV files: 16-bit mono with a 44-byte header. */
export const parseWav = (bytes: Uint8Array): { readonly samples: Int16Array; readonly sampleRate: number } => {
  const headerBytes = 44
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sampleRate = view.getUint32(24, true)
  const samples = new Int16Array(Math.max(0, (bytes.byteLength - headerBytes) >> 1))
  for (let index = 0; index < samples.length; index++) samples[index] = view.getInt16(headerBytes + 2 * index, true)
  return { samples, sampleRate }
}
