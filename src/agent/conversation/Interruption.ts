const listenerSounds = new Set([
  ..."mm mmm hm hmm mhm mm-hm mhmm uh-huh uh uhm um ah oh huh aha ha haha".split(" "),
  ..."yeah yep yes okay ok right sure cool nice great really wow".split(" "),
])
const wordsMax = 2

const words = (text: string): ReadonlyArray<string> =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' -]+/gu, " ")
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "-")

/** Nothing but sounds of listening ("mm-hm", "yeah, okay"): said while the assistant speaks, they are no interruption. */
export const isBackchannel = (text: string): boolean => {
  const said = words(text)
  return said.length <= wordsMax && said.every((word) => listenerSounds.has(word))
}

/** A partial transcript may still become a backchannel; only what can no longer be one interrupts before its end. */
export const isSurelyMeant = (partial: string): boolean => words(partial).length >= wordsMax && !isBackchannel(partial)
