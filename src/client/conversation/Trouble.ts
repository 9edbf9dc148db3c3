/** Everything that can go wrong for a person on the talk page. The words for it are in `TroubleText`. */
export type Trouble =
  | "microphone-denied"
  | "microphone-none"
  | "microphone-busy"
  | "microphone-insecure"
  | "microphone-lost"
  | "audio-unavailable"
  | "server-gone"
  | "full"
  | "not-resumable"
  | "taken-over"
  | "refused"
  | "internal"
