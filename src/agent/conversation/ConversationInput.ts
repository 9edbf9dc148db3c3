import { Data } from "effect"
import type { TurnId } from "../../domain/analytics/Turn.ts"
import type { LeaveReason } from "../../domain/conversation/Conversation.ts"
import type { TransportInput } from "../../domain/media/VoiceTransport.ts"
import type { HearingEvent } from "./HearingEvent.ts"

/** What the conversation's own clocks and fibers tell its loop. */
export type Due = Data.TaggedEnum<{
  /** The words may be all: think about them already. `said` tells a late one from a current one. */
  GuessDue: { readonly said: string }
  /** The person has finished. */
  EndpointDue: { readonly said: string }
  AnswerFinished: { readonly id: TurnId }
  /** Nobody has said anything for long. */
  AbsenceDue: {}
  Announcement: { readonly text: string }
  EndRequested: {}
  /** This process will stop: say goodbye and end. */
  GoodbyeDue: {}
  Over: { readonly reason: LeaveReason }
}>
export const Due = Data.taggedEnum<Due>()

/** Everything that moves a conversation on, in the order in which it happened. */
export type ConversationInput = HearingEvent | Exclude<TransportInput, { readonly _tag: "Audio" }> | Due
