import { Cause, Effect, ExecutionStrategy, Exit, Mailbox, Option, Scope, Stream } from "effect"
import type { LeaveReason } from "../../domain/conversation/Conversation.ts"
import { ConversationControl } from "../../domain/conversation/ConversationControl.ts"
import { Toolbox } from "../../domain/llm/Tool.ts"
import { Ended, MessageNotStored, MessageStored } from "../../domain/media/ConversationEvent.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import * as Answers from "./Answers.ts"
import { type ConversationInput, Due } from "./ConversationInput.ts"
import type { ConversationRequest } from "./ConversationRunner.ts"
import { ConversationSettings } from "./ConversationSettings.ts"
import * as Dialogue from "./Dialogue.ts"
import * as Hearing from "./Hearing.ts"
import * as HookQueue from "./HookQueue.ts"
import * as Listening from "./Listening.ts"
import * as Resumption from "./Resumption.ts"

/** Inputs that wait for the loop. It handles one in well under a millisecond; a full queue holds the senders back. */
const inputsWaitingMax = 1_024

const control = (post: (due: Due) => Effect.Effect<void>) =>
  ConversationControl.of({
    announce: (text) => post(Due.Announcement({ text })),
    end: post(Due.EndRequested()),
  })

/** Everything that one conversation is made of, running in its scope, and the loop that holds it together. */
const start = Effect.fnUntraced(function* (
  { before, context, user }: ConversationRequest,
  hooks: HookQueue.HookQueue,
  inputs: Mailbox.Mailbox<ConversationInput>,
) {
  const transport = yield* VoiceTransport
  const toolbox = yield* Toolbox
  const post = (input: ConversationInput) => Effect.asVoid(inputs.offer(input))
  const tools = yield* Effect.provideService(toolbox.open, ConversationControl, control(post))
  const hearing = yield* Hearing.make(post)
  const listening = yield* Listening.make({ context, hooks, post, recentAudio: hearing.recent })
  const onFinished = (id: Parameters<Answers.AnswersOptions["onFinished"]>[0]) => post(Due.AnswerFinished({ id }))
  const resumption = before === undefined ? undefined : Resumption.make(before)
  const known = resumption?.before ?? []
  const answers = yield* Answers.make({ context, hooks, tools, personName: user.name, onFinished, before: known })
  const dialogue = yield* Dialogue.make({ answers, hooks, listening, post, resumption })

  yield* transport.inputs.pipe(
    Stream.runForEach((input) => (input._tag === "Audio" ? hearing.hear(input.frame) : post(input))),
    Effect.zipRight(post(Due.Over({ reason: "left" }))),
    Effect.forkScoped,
  )
  const loop = Effect.gen(function* () {
    for (;;) {
      const reason = yield* dialogue.handle(yield* inputs.take)
      if (Option.isSome(reason)) return reason.value
    }
  })
  return { dialogue, loop }
})

/**
 * Holds one conversation from the person's coming to its end and says why it ended. Nothing of it is left then: every
 * fiber is done, and the hooks have run or had their time. Interrupting it ends the conversation in the same order, as a drain.
 */
export const run = Effect.fn("Conversation.run")(function* (request: ConversationRequest) {
  const transport = yield* VoiceTransport
  const settings = yield* ConversationSettings
  const inputs = yield* Mailbox.make<ConversationInput>(inputsWaitingMax)
  const hooks = yield* HookQueue.make(request.context, {
    onMessage: ({ id }, stored) => transport.send((stored ? MessageStored : MessageNotStored).make({ messageId: id })),
    onAbort: (error) =>
      Effect.zipRight(
        Effect.logError(`a hook ended the conversation: ${error.message}`),
        inputs.offer(Due.Over({ reason: "hook" })),
      ),
  })
  const talk = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
  let dialogue: Dialogue.Dialogue | undefined
  let reason: LeaveReason = "drain"
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      if (dialogue !== undefined) yield* dialogue.close(reason)
      yield* Scope.close(talk, Exit.void)
      yield* hooks.close(reason, settings.hooksDrainMillisMax)
      if (reason !== "handover") yield* transport.send(Ended.make({ reason }))
    }),
  )
  yield* hooks.joined
  yield* request.ending.pipe(
    Effect.flatMap((ending) => inputs.offer(ending === "drain" ? Due.GoodbyeDue() : Due.Over({ reason: ending }))),
    Effect.forkIn(talk),
  )
  reason = yield* Scope.extend(start(request, hooks, inputs), talk).pipe(
    Effect.flatMap((started) => {
      dialogue = started.dialogue
      return started.loop
    }),
    Effect.catchAllCause((cause) =>
      Cause.isInterruptedOnly(cause)
        ? Effect.interrupt
        : Effect.as(Effect.logError("the conversation broke", cause), "error" as const),
    ),
  )
  return reason
}, Effect.scoped)
