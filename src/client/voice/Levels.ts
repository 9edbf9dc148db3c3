/** How loud both voices are now, 0 to 1. Read once a picture, never stored. */
export interface Levels {
  person: () => number
  assistant: () => number
}

export const silence = (): number => 0
