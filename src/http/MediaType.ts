/** Of a `content-type` header, without its parameters. */
export const mediaType = (contentType: string): string => contentType.replace(/;.*$/s, "").trim().toLowerCase()
