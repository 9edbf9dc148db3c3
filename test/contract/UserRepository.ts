import { assert, layer as suite } from "@effect/vitest"
import { Effect, type Layer, Option } from "effect"
import { User, UserId } from "../../src/domain/user/User.ts"
import { UserRepository } from "../../src/domain/user/UserRepository.ts"
import { kept } from "../support/Json.ts"
import * as Samples from "../support/Samples.ts"

/** What every store of users promises. */
export const userRepositoryContract = <E>(name: string, layer: Layer.Layer<UserRepository, E>) =>
  suite(layer, { excludeTestServices: true })(`UserRepository: ${name}`, (it) => {
    it.effect.prop(
      "what goes in comes out",
      { sample: User },
      ({ sample }) =>
        Effect.gen(function* () {
          const users = yield* UserRepository
          const id = UserId.make(crypto.randomUUID())
          const user = new User({ ...sample, id, email: `${id}${sample.email}`.slice(0, 320) })
          const expected = new User({ ...user, email: kept(user.email), name: kept(user.name) })
          assert.deepStrictEqual(yield* users.upsertByEmail(user), expected)
          assert.deepStrictEqual(yield* users.get(id), expected)
          assert.deepStrictEqual(yield* users.findByEmail(user.email), Option.some(expected))
        }),
      { fastCheck: { numRuns: 50 } },
    )

    it.effect("an email that is known keeps its user and takes the new name", () =>
      Effect.gen(function* () {
        const users = yield* UserRepository
        const first = yield* users.upsertByEmail(Samples.user())
        const again = new User({ ...Samples.user(), email: first.email, name: "Grace", updatedAt: Samples.at(9) })
        const stored = yield* users.upsertByEmail(again)
        assert.deepStrictEqual(stored, new User({ ...first, name: "Grace", updatedAt: Samples.at(9) }))
        assert.strictEqual((yield* Effect.flip(users.get(again.id)))._tag, "UserNotFound")
      }),
    )

    it.effect("an email is the same in any case", () =>
      Effect.gen(function* () {
        const users = yield* UserRepository
        const user = yield* users.upsertByEmail(Samples.user())
        const shouted = user.email.toUpperCase()
        assert.deepStrictEqual(yield* users.findByEmail(shouted), Option.some(user))
        const other = yield* users.upsertByEmail(new User({ ...Samples.user(), email: shouted }))
        assert.strictEqual(other.id, user.id)
      }),
    )

    it.effect("two sign-ins at once make one user", () =>
      Effect.gen(function* () {
        const users = yield* UserRepository
        const { email } = Samples.user()
        const signIn = Effect.suspend(() => users.upsertByEmail(new User({ ...Samples.user(), email })))
        const stored = yield* Effect.all(
          Array.from({ length: 8 }, () => signIn),
          { concurrency: "unbounded" },
        )
        assert.strictEqual(new Set(stored.map((user) => user.id)).size, 1)
      }),
    )

    it.effect("nobody is found by an unknown id or email", () =>
      Effect.gen(function* () {
        const users = yield* UserRepository
        const { email, id } = Samples.user()
        const error = yield* Effect.flip(users.get(id))
        assert.include(error, { _tag: "UserNotFound", userId: id })
        assert.deepStrictEqual(yield* users.findByEmail(email), Option.none())
      }),
    )
  })
