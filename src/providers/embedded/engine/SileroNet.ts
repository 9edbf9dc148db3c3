import { fixedFloats, openSession } from "./OnnxRuntime.ts"

/** Silero v5 at 16 kHz takes 512 new samples after the last 64 of the window before (its README and utils_vad.py). */
const windowSamples = 512
const contextSamples = 64
const stateSize = 2 * 128

/** Sessions that were never closed must not pile up: the one that was silent longest is dropped. */
const sessionsMax = 1_024

interface SessionState {
  readonly state: Float32Array
  readonly context: Float32Array
}

export interface SileroNet {
  /** How likely it is, 0 to 1, that the window holds speech. */
  readonly detect: (session: number, window: Int16Array) => number
  readonly forget: (session: number) => void
}

/** One model for all sessions; a session is 1.3 KB of state. 0.13 ms a window on one core. */
export const openSileroNet = (runtimeLibrary: string, model: Uint8Array): SileroNet => {
  const input = fixedFloats(contextSamples + windowSamples)
  const state = fixedFloats(stateSize)
  const rate = new BigInt64Array(new ArrayBuffer(8)).fill(16_000n)
  const probability = fixedFloats(1)
  const nextState = fixedFloats(stateSize)
  const session = openSession(
    runtimeLibrary,
    model,
    [
      { name: "input", data: input, shape: [1, input.length] },
      { name: "state", data: state, shape: [2, 1, 128] },
      { name: "sr", data: rate, shape: [1] },
    ],
    [
      { name: "output", data: probability, shape: [1, 1] },
      { name: "stateN", data: nextState, shape: [2, 1, 128] },
    ],
  )
  const sessions = new Map<number, SessionState>()

  const stateOf = (id: number): SessionState => {
    const known = sessions.get(id)
    const current = known ?? { state: new Float32Array(stateSize), context: new Float32Array(contextSamples) }
    // Put at the end, so that the first one is the one that was silent longest.
    sessions.delete(id)
    sessions.set(id, current)
    const oldest = sessions.keys().next().value
    if (sessions.size > sessionsMax && oldest !== undefined) sessions.delete(oldest)
    return current
  }

  const detect = (id: number, window: Int16Array): number => {
    if (window.length !== windowSamples) throw new Error(`a window has ${windowSamples} samples, not ${window.length}`)
    const current = stateOf(id)
    input.set(current.context)
    for (let index = 0; index < windowSamples; index++) input[contextSamples + index] = (window[index] ?? 0) / 32_768
    state.set(current.state)
    session.run()
    current.state.set(nextState)
    current.context.set(input.subarray(windowSamples))
    return probability[0] ?? 0
  }
  return { detect, forget: (id) => void sessions.delete(id) }
}
