import { Option } from "effect"

const unitSeconds: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600 }

/** Seconds of all that was said of a duration: `1 hour and 30 minutes`, `half an hour`, `2.5 minutes`. Takes digits. */
export const secondsIn = (text: string): Option.Option<number> => {
  const plain = text
    .replaceAll(/\bhalf an? (hour|minute)\b/g, "0.5 $1")
    .replaceAll(/\b(?:a )?quarter of an hour\b/g, "15 minute")
    .replaceAll(/\b3 quarters of an hour\b/g, "45 minute")
    .replaceAll(/\b(?:an?|1) (hour|minute) and a half\b/g, "1.5 $1")
    .replaceAll(/\ban? (?=(?:hour|minute|second)s?\b)/g, "1 ")
    .replaceAll(/\b(?:a couple of|to|too) (?=(?:hour|minute|second)s\b)/g, "2 ")
    .replaceAll(/\bfor (?=(?:hours|minutes|seconds)\b)/g, "4 ")
    .replaceAll(/\bmins?\b/g, "minutes")
    .replaceAll(/\bsecs?\b/g, "seconds")
  const parts = [...plain.matchAll(/(\d+(?:\.\d+)?)[ -](second|minute|hour)s?\b/g)]
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ""] ?? 0), 0)
  return parts.length === 0 || seconds <= 0 ? Option.none() : Option.some(Math.round(seconds))
}
