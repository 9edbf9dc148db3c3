import { ManagedRuntime } from "effect"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { layer } from "./api/ParleyClient.ts"
import { App } from "./App.tsx"
import { loadOtherAlphabets } from "./Fonts.ts"
import { ParleyProvider } from "./Parley.tsx"
import { makePreferences } from "./settings/Preferences.ts"
import { makeVoiceController } from "./voice/VoiceController.ts"

const root = document.querySelector("#root")
if (root === null) throw new Error("index.html has no #root")

const runtime = ManagedRuntime.make(layer)
const parley = { runtime, voice: makeVoiceController(runtime), preferences: makePreferences() }

loadOtherAlphabets()
parley.voice.comeBack({ deviceId: parley.preferences.get().microphoneId })
createRoot(root).render(
  <StrictMode>
    <ParleyProvider value={parley}>
      <App />
    </ParleyProvider>
  </StrictMode>,
)
