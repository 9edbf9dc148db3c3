import type { EngineSetup, SynthesisCalls } from "../EngineProtocol.ts"
import { loadModel } from "../ModelIntegrity.ts"
import { models } from "../Models.ts"
import { openFlite } from "./FliteVoice.ts"
import type { Handlers } from "./main.ts"

/** The first run of fresh WebAssembly is three times slower than the second. */
const warmUp = "Hello there."

/** Verifies the voices, then loads them. */
export const open = async ({ paths }: EngineSetup): Promise<Handlers<SynthesisCalls>> => {
  const { bytes } = await loadModel(models.flite, paths)
  const flite = openFlite(await WebAssembly.compile(bytes))
  flite.speak([warmUp], "slt")
  return {
    speak: ({ pieces, voice }) => flite.speak(pieces, voice),
  }
}
