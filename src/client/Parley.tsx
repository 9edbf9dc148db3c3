import type { ManagedRuntime } from "effect"
import { createContext, useContext, useSyncExternalStore } from "react"
import type { ParleyClient } from "./api/ParleyClient.ts"
import type { ConversationState } from "./conversation/ConversationState.ts"
import type { Store } from "./conversation/Store.ts"
import type { Preferences, PreferencesChange } from "./settings/Preferences.ts"
import type { VoiceController } from "./voice/VoiceController.ts"

/** What every part of the page works with, made once in `main`. */
export interface Parley {
  readonly runtime: ManagedRuntime.ManagedRuntime<ParleyClient, never>
  readonly voice: VoiceController
  readonly preferences: Store<Preferences, PreferencesChange>
}

const context = createContext<Parley | undefined>(undefined)

export const ParleyProvider = context.Provider

export const useParley = (): Parley => {
  const parley = useContext(context)
  if (parley === undefined) throw new Error("outside of ParleyProvider")
  return parley
}

export const useConversation = (): ConversationState => {
  const { store } = useParley().voice
  return useSyncExternalStore(store.subscribe, store.get)
}

export const usePreferences = (): readonly [Preferences, (change: PreferencesChange) => void] => {
  const { preferences } = useParley()
  return [useSyncExternalStore(preferences.subscribe, preferences.get), preferences.dispatch]
}
