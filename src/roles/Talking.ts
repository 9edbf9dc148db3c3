import { DateTime, Duration, Effect, Option } from "effect"
import { ConversationRunner } from "../agent/conversation/ConversationRunner.ts"
import * as FileTransport from "../agent/transport/FileTransport.ts"
import { newConversation } from "../domain/conversation/NewConversation.ts"
import { LanguageModel } from "../domain/llm/LanguageModel.ts"
import { SpeechToText } from "../domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../domain/speech/TextToSpeech.ts"
import { User, UserId } from "../domain/user/User.ts"
import { uuidV7 } from "../domain/Uuid.ts"
import * as Wav from "../infra/audio/Wav.ts"
import type { Recording } from "../infra/audio/Wav.ts"
import * as TalkReport from "./TalkReport.ts"

export interface Talk {
  readonly file: string
  readonly recording: Recording
  readonly out: Option.Option<string>
}

/** The same as pages get. */
const outputSampleRate = 24_000
const quiet = Duration.seconds(2)
const answerWithin = Duration.seconds(30)
/** The longest that a person stays after the last word of the recording. */
const stayMax = Duration.minutes(3)

const speaker = Effect.gen(function* () {
  const now = yield* DateTime.now
  const id = UserId.make(yield* uuidV7)
  return User.make({ id, email: "recording@localhost", name: "You", createdAt: now, updatedAt: now })
})

/** One conversation with a recording in the person's place, to its end, and what came of it. */
export const converse = Effect.fn("Talking.converse")(function* ({ file, out, recording }: Talk) {
  const runner = yield* ConversationRunner
  const user = yield* speaker
  const person = yield* FileTransport.make({
    recording: recording.frame,
    identity: user.id,
    name: user.name,
    outputSampleRate,
    quiet,
    answerWithin,
    stayMax,
  })
  const context = { ...(yield* newConversation(user)), fence: 0 }
  const { transport } = person
  const endReason = yield* runner.run({ context, user, transport, before: undefined, ending: Effect.never })
  const heard = yield* person.report
  yield* Effect.forEach(Option.toArray(out), (path) => Wav.writeFile(path, heard.heard), { discard: true })
  return TalkReport.make({
    file,
    recording,
    providers: {
      speechToText: (yield* SpeechToText).name,
      languageModel: (yield* LanguageModel).name,
      textToSpeech: (yield* TextToSpeech).name,
    },
    endReason,
    heard,
    replyFile: Option.getOrNull(out),
  })
})
