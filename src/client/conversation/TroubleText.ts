import type { Trouble } from "./Trouble.ts"

/** How a trouble is said, and the way out. */
export interface TroubleText {
  readonly title: string
  readonly detail: string
  /** The label of the button that tries again. */
  readonly retry: string
}

/** Where this browser keeps the permission. */
const permissionPlace = (userAgent: string): string => {
  if (/Firefox\//.test(userAgent))
    return "Click the crossed-out microphone to the left of the address and clear the block."
  if (/Edg\//.test(userAgent)) return "Click the lock to the left of the address, then set Microphone to Allow."
  if (/Chrome\//.test(userAgent)) {
    return "Click the icon to the left of the address, then switch Microphone on."
  }
  if (/Safari\//.test(userAgent)) return "Open Safari’s Settings for this website and set Microphone to Allow."
  return "Allow the microphone for this page in your browser’s settings."
}

const texts: Record<Trouble, (userAgent: string) => TroubleText> = {
  "microphone-denied": (userAgent) => ({
    title: "The microphone is blocked for this page",
    detail: `${permissionPlace(userAgent)} Then try again.`,
    retry: "Try again",
  }),
  "microphone-none": () => ({
    title: "No microphone found",
    detail: "Plug one in or switch your headset on, then try again.",
    retry: "Try again",
  }),
  "microphone-busy": () => ({
    title: "The microphone does not answer",
    detail: "Another program may be holding it. Close that, or choose another microphone in Settings.",
    retry: "Try again",
  }),
  "microphone-insecure": () => ({
    title: "Browsers give the microphone to secure pages only",
    detail: "Open this page over https, or on the machine that runs it as http://localhost.",
    retry: "Try again",
  }),
  "microphone-lost": () => ({
    title: "The microphone is gone",
    detail: "It was unplugged or switched off. The conversation goes on; plug it in again, or type.",
    retry: "Turn it on again",
  }),
  "audio-unavailable": () => ({
    title: "This browser cannot play the assistant’s voice",
    detail: "Close other pages that play sound, check the speaker, or use a newer browser.",
    retry: "Try again",
  }),
  "server-gone": () => ({
    title: "The server does not answer",
    detail: "It may be restarting, or the network is down. What was said is kept in the history.",
    retry: "Try again",
  }),
  full: () => ({
    title: "Every assistant is busy",
    detail: "This server holds as many conversations as it can. Try again in a moment.",
    retry: "Try again",
  }),
  "not-resumable": () => ({
    title: "The conversation ended while you were away",
    detail: "What was said is kept in the history.",
    retry: "Start a new one",
  }),
  "taken-over": () => ({
    title: "You went on in another window",
    detail: "A conversation lives in one place at a time.",
    retry: "Start a new one here",
  }),
  "no-assistant": () => ({
    title: "No assistant came",
    detail: "The conversation is not waiting for one any more. What was said is kept in the history.",
    retry: "Start a new one",
  }),
  "media-blocked": () => ({
    title: "Your network blocks calls",
    detail:
      "Sound does not get through. Try another network or a phone’s hotspot, or switch a VPN off; who runs this server can open a way.",
    retry: "Try again",
  }),
  "media-unreachable": () => ({
    title: "The call server does not answer",
    detail: "Your network may block it, or it is restarting. Try again in a moment, or from another network.",
    retry: "Try again",
  }),
  "signed-out": () => ({
    title: "You are signed out",
    detail: "Reload the page to sign in again. What was said is kept in the history.",
    retry: "Try again",
  }),
  refused: () => ({
    title: "The server and this page do not understand each other",
    detail: "Reload the page; it may be older than the server.",
    retry: "Start again",
  }),
  internal: () => ({
    title: "Something broke on our side",
    detail: "What was said until then is kept in the history.",
    retry: "Start again",
  }),
}

export const troubleText = (trouble: Trouble, userAgent: string): TroubleText => texts[trouble](userAgent)
