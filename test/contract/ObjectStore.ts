import { assert, layer as suite } from "@effect/vitest"
import { Effect, Exit, type Layer, Scope, Stream } from "effect"
import { ObjectNotFound, ObjectStore } from "../../src/domain/store/ObjectStore.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const newKey = () => `${crypto.randomUUID()}/1.flac`

const put = (key: string, text: string, contentType = "audio/flac") =>
  Effect.scoped(
    Effect.gen(function* () {
      const writer = yield* (yield* ObjectStore).create("recordings", key, contentType)
      yield* writer.write(bytes(text))
      return yield* writer.commit()
    }),
  )

const textOf = (key: string, range?: { readonly start: number; readonly end: number }) =>
  ObjectStore.pipe(
    Effect.flatMap((store) => Stream.runCollect(store.read("recordings", key, range))),
    Effect.map((chunks) => Buffer.concat([...chunks]).toString()),
  )

const isMissing = (key: string) =>
  Effect.gen(function* () {
    const store = yield* ObjectStore
    for (const error of [yield* Effect.flip(store.info("recordings", key)), yield* Effect.flip(textOf(key))]) {
      assert.instanceOf(error, ObjectNotFound)
      assert.deepStrictEqual([error.container, error.key], ["recordings", key])
    }
  })

/** What every store of objects promises. */
export const objectStoreContract = <E>(name: string, layer: Layer.Layer<ObjectStore, E>) =>
  suite(layer, { excludeTestServices: true })(`ObjectStore: ${name}`, (it) => {
    it.effect("what goes in comes out, whole or in part", () =>
      Effect.gen(function* () {
        const store = yield* ObjectStore
        const key = newKey()
        const told = yield* put(key, "0123456789")
        assert.deepStrictEqual(told, { key, sizeBytes: 10, contentType: "audio/flac" })
        assert.deepStrictEqual(yield* store.info("recordings", key), told)
        assert.strictEqual(yield* textOf(key), "0123456789")
        assert.strictEqual(yield* textOf(key, { start: 2, end: 5 }), "234")
        assert.strictEqual(yield* textOf(key, { start: 7, end: 100 }), "789")
        assert.strictEqual(yield* textOf(key, { start: 4, end: 4 }), "")
      }),
    )

    it.effect("a large object comes in order, and its head is put in place at the end", () =>
      Effect.gen(function* () {
        const store = yield* ObjectStore
        const key = newKey()
        const piece = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251)
        yield* Effect.scoped(
          Effect.gen(function* () {
            const writer = yield* store.create("recordings", key, "audio/flac")
            yield* writer.write(bytes("????"))
            yield* writer.write(new Uint8Array(0))
            for (let count = 0; count < 5; count++) yield* writer.write(piece)
            assert.strictEqual((yield* writer.commit(bytes("head"))).sizeBytes, 500_004)
          }),
        )
        const whole = Buffer.concat([...(yield* Stream.runCollect(store.read("recordings", key)))])
        assert.isTrue(whole.equals(Buffer.concat([bytes("head"), piece, piece, piece, piece, piece])))
      }),
    )

    it.effect("an object exists only once it is committed, and nothing is left of one that never is", () =>
      Effect.gen(function* () {
        const store = yield* ObjectStore
        const key = newKey()
        const scope = yield* Scope.make()
        const writer = yield* store.create("recordings", key, "audio/flac").pipe(Scope.extend(scope))
        yield* writer.write(bytes("half of it"))
        yield* isMissing(key)
        yield* Scope.close(scope, Exit.void)
        yield* isMissing(key)
      }),
    )

    it.effect("a key that is written again has the newer object", () =>
      Effect.gen(function* () {
        const key = newKey()
        yield* put(key, "the older and longer one")
        yield* put(key, "newer", "text/plain")
        assert.strictEqual(yield* textOf(key), "newer")
        const { contentType, sizeBytes } = yield* (yield* ObjectStore).info("recordings", key)
        assert.deepStrictEqual([contentType, sizeBytes], ["text/plain", 5])
      }),
    )

    it.effect("containers do not see each other's objects", () =>
      Effect.gen(function* () {
        const store = yield* ObjectStore
        const key = newKey()
        yield* put(key, "mine")
        assert.strictEqual((yield* Effect.flip(store.info("uploads", key)))._tag, "ObjectNotFound")
        yield* store.remove("uploads", key)
        assert.strictEqual(yield* textOf(key), "mine")
      }),
    )

    it.effect("a removed object is gone; removing what is not there is done already", () =>
      Effect.gen(function* () {
        const store = yield* ObjectStore
        const key = newKey()
        yield* put(key, "soon gone")
        yield* store.remove("recordings", key)
        yield* store.remove("recordings", key)
        yield* isMissing(key)
      }),
    )

    for (const key of [
      "",
      "/a",
      "a/",
      "a//b",
      "..",
      "../a",
      "a/../../b",
      ".",
      "a b",
      "a\\b",
      "ä",
      "a\0b",
      "x".repeat(600),
    ]) {
      it.effect(`takes no key such as ${JSON.stringify(key.slice(0, 12))}`, () =>
        Effect.gen(function* () {
          const store = yield* ObjectStore
          assert.isTrue(Exit.isFailure(yield* Effect.exit(put(key, "no"))))
          assert.isTrue(Exit.isFailure(yield* Effect.exit(textOf(key))))
          assert.isTrue(Exit.isFailure(yield* Effect.exit(store.info("recordings", key))))
          assert.isTrue(Exit.isFailure(yield* Effect.exit(store.remove("recordings", key))))
        }),
      )
    }
  })
