/** Bounds of talking in a room of the media server. Times in milliseconds. */
export const roomPolicy = {
  /** The media server's own answer to a person who comes. */
  signalWithin: 6_000,
  /** Sound gets through, by UDP or TCP, within this time; else it does not from this network. */
  mediaWithin: 7_000,
  /** A connection that was there may break so often for want of media before another way is taken. */
  mediaFailuresMax: 2,
  /** How long a lost connection is tried again, until the assistant has said how long it waits. */
  returnWithin: 30_000,
  /** One question to the assistant. */
  answerWithin: 4_000,
  /** The first question is asked again until then; after that, whoever is in the room is none of ours, or broke down. */
  helloWithin: 60_000,
  helloFirstDelay: 250,
  helloLongestDelay: 4_000,
  /** How often an assistant is asked whether it is still there, and how many answers it may miss. */
  pulseEvery: 5_000,
  pulsesMissedMax: 2,
  /** Leaving does not take longer, whatever the assistant does. */
  leaveWithin: 1_500,
  placeEvery: 1_500,
  /** After a failed question, ever later up to this. */
  placeLongestDelay: 10_000,
  /** So often in a row the server says that it knows of no such conversation before it is believed. */
  unknownPlacesMax: 4,
  /** News of the room that wait to be looked at: one that is not looked at for so many events is broken. */
  newsMax: 2_048,
} as const
