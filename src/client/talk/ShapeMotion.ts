import type { AssistantState } from "../../domain/media/ConversationEvent.ts"

/** What the shape expresses. */
export type Mood = "still" | "muted" | "waiting" | AssistantState

/** How the shape is drawn at one moment. Amplitudes are shares of its radius. */
export interface ShapeForm {
  /** Radius as a share of the room. */
  readonly radius: number
  /** Three lobes that turn: thinking. */
  readonly lobes: number
  /** Ripples of the outline: a voice. */
  readonly ripple: number
  /** A ring around it that grows with the person's voice. */
  readonly halo: number
  /** 0: an outline only. 1: filled. */
  readonly fill: number
  /** 0: neutral. 1: the accent. */
  readonly tint: number
}

const resting: Record<Mood, ShapeForm> = {
  still: { radius: 0.56, lobes: 0, ripple: 0, halo: 0, fill: 0.15, tint: 0.35 },
  waiting: { radius: 0.54, lobes: 0.03, ripple: 0, halo: 0, fill: 0.55, tint: 1 },
  muted: { radius: 0.54, lobes: 0, ripple: 0, halo: 0, fill: 0.35, tint: 0 },
  listening: { radius: 0.58, lobes: 0, ripple: 0.006, halo: 0.1, fill: 1, tint: 1 },
  thinking: { radius: 0.52, lobes: 0.085, ripple: 0, halo: 0, fill: 1, tint: 1 },
  speaking: { radius: 0.58, lobes: 0.012, ripple: 0.03, halo: 0, fill: 1, tint: 1 },
}

const breathMillis = 4_200

/** The form that the shape strives for. Levels are 0 to 1. */
export const aimOf = (mood: Mood, person: number, assistant: number, millis: number): ShapeForm => {
  const rest = resting[mood]
  if (mood === "listening") {
    const breath = Math.sin((2 * Math.PI * millis) / breathMillis) * 0.014 * (1 - person)
    return {
      ...rest,
      radius: rest.radius + breath + person * 0.05,
      ripple: rest.ripple + person * 0.02,
      halo: rest.halo + person * 0.9,
    }
  }
  if (mood === "speaking") {
    // A person who speaks into the answer is seen to be heard.
    return {
      ...rest,
      radius: rest.radius + assistant * 0.08,
      ripple: rest.ripple + assistant * 0.065,
      halo: person * 0.6,
    }
  }
  return rest
}

/** After this long a change is two thirds done. */
const settleMillis = 70

/** The form between the one now and the one aimed at, `elapsed` milliseconds later. */
export const approach = (now: ShapeForm, aim: ShapeForm, elapsed: number): ShapeForm => {
  const share = 1 - Math.exp(-elapsed / settleMillis)
  const mix = (a: number, b: number) => a + (b - a) * share
  return {
    radius: mix(now.radius, aim.radius),
    lobes: mix(now.lobes, aim.lobes),
    ripple: mix(now.ripple, aim.ripple),
    halo: mix(now.halo, aim.halo),
    fill: mix(now.fill, aim.fill),
    tint: mix(now.tint, aim.tint),
  }
}
