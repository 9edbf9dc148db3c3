import { createHash } from "node:crypto"
import { Option, Schema } from "effect"
import { MessageId } from "../../../domain/conversation/Message.ts"

const decode = Schema.decodeUnknownOption(MessageId)

/** A UUID of version 8 (RFC 9562: of the maker's own making), the same for the same text. */
const derived = (text: string): MessageId => {
  const hex = createHash("sha256").update(text).digest("hex")
  const variant = "89ab"[Number.parseInt(hex[16] ?? "0", 16) % 4]
  return MessageId.make(
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
  )
}

/** A message's id as its sender gave it, or, when that is none of ours, one made of it. */
export const of = (given: string): MessageId => Option.getOrElse(decode(given), () => derived(given))
