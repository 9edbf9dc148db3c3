import { type RefObject, useEffect, useRef, useState } from "react"
import type { RecordingItem } from "../../../http/api/RecordingsApi.ts"
import type { Place, RecordingLine } from "./RecordingLine.ts"

export const audioPath = ({ conversationId, id }: RecordingItem): string =>
  `/v1/conversations/${conversationId}/recordings/${id}/audio`

export interface Player {
  readonly audio: RefObject<HTMLAudioElement | null>
  /** The recording that is loaded. */
  readonly part: RecordingItem | undefined
  readonly playing: boolean
  /** The sound could not be had. */
  readonly failed: boolean
  /** In seconds of the line. */
  readonly position: number
  readonly toggle: () => void
  readonly seek: (position: number) => void
  /** Plays from there. */
  readonly playFrom: (position: number) => void
  readonly retry: () => void
}

const start = (audio: HTMLAudioElement, failed: () => void) => {
  audio.play().catch((error: unknown) => {
    // A pause that comes before the sound does is no failure.
    if (!(error instanceof DOMException && error.name === "AbortError")) failed()
  })
}

/** Plays recordings that follow each other by one audio element. */
export const usePlayer = (line: RecordingLine): Player => {
  const audio = useRef<HTMLAudioElement>(null)
  const [place, setPlace] = useState<Place>({ part: 0, seconds: 0 })
  const [playing, setPlaying] = useState(false)
  const [failed, setFailed] = useState(false)
  /** Where another recording is to begin once it is loaded. */
  const awaited = useRef<{ readonly seconds: number; readonly play: boolean }>(undefined)
  const part = line.parts[place.part]

  useEffect(() => {
    const element = audio.current
    if (element === null) return
    const fail = () => setFailed(true)
    const listeners: Readonly<Record<string, () => void>> = {
      play: () => setPlaying(true),
      pause: () => setPlaying(false),
      error: fail,
      timeupdate: () => {
        if (awaited.current === undefined) setPlace({ part: place.part, seconds: element.currentTime })
      },
      loadedmetadata: () => {
        const waiting = awaited.current
        awaited.current = undefined
        if (waiting === undefined) return
        element.currentTime = waiting.seconds
        if (waiting.play) start(element, fail)
      },
      ended: () => {
        if (place.part + 1 >= line.parts.length) return
        awaited.current = { seconds: 0, play: true }
        setPlace({ part: place.part + 1, seconds: 0 })
      },
    }
    for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener)
    return () => {
      for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener)
    }
  }, [line, place.part])

  const go = (position: number, play: boolean) => {
    const element = audio.current
    const to = line.placeOf(position)
    setPlace(to)
    if (element === null) return
    if (to.part === place.part && element.readyState > 0) {
      element.currentTime = to.seconds
      if (play && element.paused) start(element, () => setFailed(true))
    } else {
      awaited.current = { seconds: to.seconds, play }
      if (to.part === place.part) element.load()
    }
  }

  return {
    audio,
    part,
    playing,
    failed,
    position: line.positionOf(place),
    toggle: () => {
      const element = audio.current
      if (element === null) return
      if (!element.paused) return element.pause()
      const over = line.positionOf(place) >= line.seconds - 0.05
      go(over ? 0 : line.positionOf(place), true)
    },
    seek: (position) => go(position, playing),
    playFrom: (position) => go(position, true),
    retry: () => {
      setFailed(false)
      awaited.current = { seconds: place.seconds, play: true }
      audio.current?.load()
    },
  }
}
