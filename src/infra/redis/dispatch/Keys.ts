/** The hash tag puts all keys of the queue into one slot of a Redis Cluster, where scripts can change them together. */
const prefix = "{parley:dispatch}:"

/** In the order in which every script takes them. What each holds is told with the scripts. */
export const keys: ReadonlyArray<string> = [
  "high",
  "normal",
  "low",
  "adopted",
  "jobs",
  "bodies",
  "sequence",
  "turns",
  "fence",
  "holds",
].map((name) => `${prefix}${name}`)

/** What a claim took, for as long as its lease would hold without renewal: a claim whose answer was lost finds it again. */
export const claimKey = (token: string) => `${prefix}claim:${token}`

/** The last fence of a completed job, for a while: completing it again is no error. */
export const endedKey = (conversationId: string) => `${prefix}ended:${conversationId}`

/** The channel on which a job that may be claimed is announced. */
export const bell = `${prefix}bell`
