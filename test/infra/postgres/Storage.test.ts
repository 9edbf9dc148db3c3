import { assert, layer } from "@effect/vitest"
import { SqlClient } from "@effect/sql"
import { Cause, Effect, Exit, Layer, Option, Ref, Schema } from "effect"
import { ConversationRepository } from "../../../src/domain/conversation/ConversationRepository.ts"
import * as Repositories from "../../../src/infra/postgres/Repositories.ts"
import { storage } from "../../../src/infra/postgres/Storage.ts"
import * as Database from "../../support/Database.ts"
import * as Samples from "../../support/Samples.ts"
import * as Stored from "../../support/Stored.ts"

/** Fails inside the server with this SQLSTATE. */
const raise = (state: string) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`DO ${sql.literal(`$$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '${state}'; END $$`)}`,
  )

/** How often a statement is asked for that fails like this, and how it ends. */
const outcome = (state: string) =>
  Effect.gen(function* () {
    const attempts = yield* Ref.make(0)
    const statement = Effect.zipRight(
      Ref.update(attempts, (count) => count + 1),
      raise(state),
    )
    const exit = yield* Effect.exit(storage("Test.raise")(statement))
    const end = Exit.match(exit, {
      onSuccess: () => "success",
      onFailure: (cause) => (Cause.isDie(cause) ? "died" : Option.getOrThrow(Cause.failureOption(cause)).message),
    })
    return [yield* Ref.get(attempts), end]
  })

layer(Repositories.layer.pipe(Layer.provideMerge(Database.layer)), { excludeTestServices: true })("Storage", (it) => {
  it.effect("what is transient is asked three times", () =>
    Effect.gen(function* () {
      const unanswered = "Test.raise: the store did not answer"
      for (const state of ["40001", "40P01", "53300", "57P03", "08006"]) {
        assert.deepStrictEqual(yield* outcome(state), [3, unanswered])
      }
      // A statement that was cancelled, and a server that is only read from: asking again at once would not help.
      for (const state of ["57014", "25006"]) assert.deepStrictEqual(yield* outcome(state), [1, unanswered])
    }),
  )

  it.effect("what is our own fault dies", () =>
    Effect.gen(function* () {
      for (const state of ["22001", "23505", "42P01"]) assert.deepStrictEqual(yield* outcome(state), [1, "died"])
      const broken = Schema.decodeUnknown(Schema.Number)("not a number")
      assert.isTrue(Exit.isFailure(yield* Effect.exit(storage("Test.decode")(broken))))
    }),
  )

  it.effect("connections that the server cuts are survived, and every message is stored once", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const conversations = yield* ConversationRepository
      const { id } = yield* Stored.conversation
      const messages = Array.from({ length: 60 }, (_, index) =>
        Samples.message(id, `message ${index}`, { timestamp: Samples.at(index) }),
      )
      const cut = sql`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`
      yield* Effect.forEach(
        messages,
        (message, index) =>
          Effect.zipRight(
            index % 20 === 10 ? Effect.ignore(cut) : Effect.void,
            // A caller may ask again: the message's id makes it one message.
            Effect.retry(conversations.addMessage(message, 0), { times: 3 }),
          ),
        { concurrency: 3 },
      )
      const stored = yield* conversations.messages(id, 100)
      assert.deepStrictEqual(
        stored.map((message) => message.content),
        messages.map((message) => message.content),
      )
    }),
  )
})
