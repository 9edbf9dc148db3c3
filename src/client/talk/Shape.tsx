import { useEffect, useRef } from "react"
import type { Levels } from "../voice/Levels.ts"
import { drawShape, type ShapeColors } from "./drawShape.ts"
import { aimOf, approach, type Mood, type ShapeForm } from "./ShapeMotion.ts"

interface Props {
  readonly mood: Mood
  readonly levels: Levels
}

const colorsOf = (element: Element): ShapeColors => {
  // Paint properties, because a custom property would not come back resolved to a colour.
  const style = getComputedStyle(element)
  return { accent: style.fill, glow: style.stopColor, neutral: style.floodColor }
}

/** How often the theme's colours are read again. */
const colorsEveryFrames = 30

const fit = (canvas: HTMLCanvasElement): number => {
  const size = Math.round(canvas.clientWidth * Math.min(2, window.devicePixelRatio))
  if (canvas.width !== size) {
    canvas.width = size
    canvas.height = size
  }
  return size
}

/** Runs until stopped; with reduced motion each mood is one unmoving picture. */
const animate = (canvas: HTMLCanvasElement, levels: Levels, mood: () => Mood): (() => void) => {
  const paper = canvas.getContext("2d")
  const still = window.matchMedia("(prefers-reduced-motion: reduce)")
  let form: ShapeForm = aimOf(mood(), 0, 0, 0)
  let colors = colorsOf(canvas)
  let before = 0
  let frame = 0
  let request = 0
  const draw = (now: number) => {
    const elapsed = Math.min(100, now - before)
    before = now
    if (frame++ % colorsEveryFrames === 0) colors = colorsOf(canvas)
    form = still.matches
      ? aimOf(mood(), 0, 0.4, 0)
      : approach(form, aimOf(mood(), levels.person(), levels.assistant(), now), elapsed)
    if (paper !== null) drawShape(paper, fit(canvas), form, still.matches ? 0 : now / 1_000, colors)
    request = requestAnimationFrame(draw)
  }
  request = requestAnimationFrame(draw)
  return () => cancelAnimationFrame(request)
}

/** The living shape: shows without words whether it hears, thinks or speaks. The words are in the state line. */
export const Shape = ({ mood, levels }: Props) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  const current = useRef(mood)
  useEffect(() => {
    current.current = mood
  }, [mood])
  useEffect(() => {
    if (canvas.current === null) return
    return animate(canvas.current, levels, () => current.current)
  }, [levels])
  return <canvas ref={canvas} className="shape" data-mood={mood} aria-hidden="true" />
}
