import { useEffect, useRef } from "react"

/** How loud it is, 0 to 1, as a bar. Drawn without React, sixty times a second. */
export const LevelMeter = ({ level }: { readonly level: () => number }) => {
  const bar = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    let shown = 0
    let request = 0
    const draw = () => {
      shown = Math.max(level(), shown * 0.9)
      bar.current?.style.setProperty("scale", `${shown.toFixed(3)} 1`)
      request = requestAnimationFrame(draw)
    }
    request = requestAnimationFrame(draw)
    return () => cancelAnimationFrame(request)
  }, [level])
  return (
    <span className="meter" aria-hidden="true">
      <span ref={bar} />
    </span>
  )
}
