import { MessageId } from "../../domain/conversation/Message.ts"

/** A random UUID, version 4. By hand, because `crypto.randomUUID` is not there on pages from an insecure origin, where typing still works. */
export const newMessageId = (): MessageId => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return MessageId.make(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"))
}
