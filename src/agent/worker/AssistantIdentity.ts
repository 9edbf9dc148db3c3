/**
 * The assistant's identity in every room. A room has one assistant: when another worker goes on with the conversation, it joins
 * under the same identity, and the media server shows out whoever was left of it at once, instead of after 20 seconds.
 */
export const assistantIdentity = "parley-assistant"
