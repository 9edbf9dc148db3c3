import { Metric } from "effect"

export const conversationsLive = Metric.gauge("parley_conversations_live", {
  description: "Conversations held over voice sockets by this process now",
})

export const inputFramesDropped = Metric.counter("parley_input_frames_dropped_total", {
  description: "Audio frames of people that were dropped because the engine did not take them in time",
  incremental: true,
})

export const socketProblems = Metric.counter("parley_voice_connections_closed_total", {
  description: "Voice sockets that the server closed for a problem, by its code",
  incremental: true,
})
