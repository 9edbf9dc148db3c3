import type { ShapeForm } from "./ShapeMotion.ts"

export interface ShapeColors {
  readonly accent: string
  readonly glow: string
  readonly neutral: string
}

/** Points of the outline: enough for its finest ripple at the largest size. */
const points = 120

/** Three skins, each turned and rippling on its own, give depth. */
const skins = [
  { scale: 1.13, alpha: 0.14, offset: 2.1, pace: 0.7 },
  { scale: 1.06, alpha: 0.26, offset: 4.3, pace: -0.9 },
  { scale: 1, alpha: 1, offset: 0, pace: 1 },
] as const

const outline = (form: ShapeForm, seconds: number, pace: number, offset: number, angle: number): number =>
  1 +
  form.lobes * Math.sin(3 * angle - seconds * 3.1 * pace + offset) +
  form.ripple *
    (0.55 * Math.sin(2 * angle + seconds * 2.3 * pace + offset) +
      0.65 * Math.sin(5 * angle - seconds * 3.7 * pace + offset * 2) +
      0.4 * Math.sin(9 * angle + seconds * 5.2 * pace))

const trace = (canvas: CanvasRenderingContext2D, form: ShapeForm, radius: number, seconds: number, skin: Skin) => {
  canvas.beginPath()
  for (let i = 0; i <= points; i++) {
    const angle = (2 * Math.PI * i) / points
    const r = radius * outline(form, seconds, skin.pace, skin.offset, angle)
    canvas.lineTo(Math.cos(angle) * r, Math.sin(angle) * r)
  }
  canvas.closePath()
}
type Skin = (typeof skins)[number]

const ring = (canvas: CanvasRenderingContext2D, form: ShapeForm, radius: number, room: number, colors: ShapeColors) => {
  if (form.halo < 0.01) return
  canvas.globalAlpha = Math.min(0.7, 0.12 + form.halo * 0.5)
  canvas.strokeStyle = colors.accent
  canvas.lineWidth = 1.5 + form.halo * 3
  canvas.beginPath()
  canvas.arc(0, 0, Math.min(room - canvas.lineWidth, radius * (1.24 + form.halo * 0.3)), 0, 2 * Math.PI)
  canvas.stroke()
}

/** Draws the shape into a square of `size` pixels. `seconds` moves it. */
export const drawShape = (
  canvas: CanvasRenderingContext2D,
  size: number,
  form: ShapeForm,
  seconds: number,
  colors: ShapeColors,
): void => {
  const room = size / 2
  const radius = room * form.radius
  canvas.clearRect(0, 0, size, size)
  canvas.save()
  canvas.translate(room, room)
  ring(canvas, form, radius, room, colors)
  const light = canvas.createRadialGradient(-radius * 0.35, -radius * 0.45, radius * 0.1, 0, 0, radius * 1.15)
  light.addColorStop(0, colors.glow)
  light.addColorStop(1, colors.accent)
  for (const skin of skins) {
    trace(canvas, form, radius * (skin.scale === 1 ? 1 : 1 + (skin.scale - 1) * form.fill), seconds, skin)
    for (const [paint, share] of [
      [colors.neutral, 1 - form.tint],
      [light, form.tint],
    ] as const) {
      canvas.globalAlpha = skin.alpha * form.fill * share
      canvas.fillStyle = paint
      canvas.fill()
    }
  }
  canvas.globalAlpha = 1 - form.fill * 0.9
  canvas.strokeStyle = form.tint > 0.2 ? colors.accent : colors.neutral
  canvas.lineWidth = 2
  canvas.stroke()
  canvas.restore()
}
