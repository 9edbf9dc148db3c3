/** Long enough that a frame a person says is one native call, short enough for an outlet that takes just this. */
export const frameMillis = 10
/** Behind by more, the people skip what they would have said: a burst is nothing that a microphone does. */
const behindMillisMax = 200
const atOnceMax = 3

/** Calls all of them every 10 ms by the wall clock. */
export const make = () => {
  const ticks = new Set<() => void>()
  let starvedMillis = 0
  let due = performance.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  const turn = () => {
    const now = performance.now()
    if (now - due > behindMillisMax) {
      starvedMillis += now - due
      due = now
    }
    for (let count = 0; count < atOnceMax && performance.now() >= due; count++) {
      for (const tick of ticks) tick()
      due += frameMillis
    }
    // A clock of frames is no fiber's: one sleep for each would be what is measured.
    // @effect-diagnostics-next-line globalTimers:off
    timer = setTimeout(turn, Math.max(1, due - performance.now()))
  }
  turn()
  return {
    add: (tick: () => void) => {
      ticks.add(tick)
      return () => ticks.delete(tick)
    },
    takeStarved: () => {
      const taken = starvedMillis
      starvedMillis = 0
      return taken
    },
    stop: () => clearTimeout(timer),
  }
}
export type Pacer = ReturnType<typeof make>
