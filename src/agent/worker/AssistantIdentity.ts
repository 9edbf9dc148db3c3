import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import type { DispatchJob } from "../../domain/store/DispatchJob.ts"

const prefix = "assistant"
/** The random end of the id: its beginning is the time, which neighbours share. */
const shortOf = (id: ConversationId) => id.slice(-12)

const pattern = new RegExp(`^${prefix}-(\\d+)-([0-9a-f]{12})$`)

/** One claim of a conversation. Every lease is one. */
interface Claim {
  readonly fence: number
  readonly job: Pick<DispatchJob, "conversationId">
}

/** Who the assistant is in a room: another with every claim, so that a dead worker's participant can be told from its successor. */
export const of = ({ fence, job }: Claim): string => `${prefix}-${fence}-${shortOf(job.conversationId)}`

/** Whether this is the assistant of the same conversation under an earlier claim. */
export const isBefore = (lease: Claim, identity: string): boolean => {
  const [, fence, short] = pattern.exec(identity) ?? []
  return fence !== undefined && short === shortOf(lease.job.conversationId) && Number(fence) < lease.fence
}

/** Whether this is one of our assistants, of whichever conversation. */
export const is = (identity: string): boolean => pattern.test(identity)
