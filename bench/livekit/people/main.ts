import { Schema } from "effect"
import { dispose } from "@livekit/rtc-node"
import * as KeyedSdk from "../../../src/agent/transport/livekit/ffi/KeyedSdk.ts"
import { PeopleEvent, PeoplePlan } from "../PeoplePlan.ts"
import * as Asking from "./Asking.ts"
import * as Clip from "./Clip.ts"
import { live } from "./Living.ts"
import * as Pacer from "./Pacer.ts"
import { join, now, type Person, type PersonOptions } from "./Person.ts"

const plan = Schema.decodeUnknownSync(Schema.parseJson(PeoplePlan))(process.argv[2])
const tell = (event: PeopleEvent) => console.log(Schema.encodeSync(Schema.parseJson(PeopleEvent))(event))
const ask = await Asking.make(plan)
const pacer = Pacer.make()
const options = {
  plan,
  pacer,
  sdk: KeyedSdk.make(),
  says: new Int16Array(0),
  phase: 0,
} satisfies Partial<PersonOptions>
const name = `bench-${crypto.randomUUID().slice(0, 8)}`

const comesWithinMillis = 30_000
const lookMillis = 2
/** Everybody has been in their room for a while before they ask. */
const beforeMillis = 300

const summon = async (person: Person) => {
  const askedAt = now()
  await ask(person.room)
  while (person.track() === undefined && now() - askedAt < comesWithinMillis) await Bun.sleep(lookMillis)
  const since = (at: number | undefined) => (at === undefined ? null : at - askedAt)
  tell({ _tag: "Came", seen: since(person.seen()), track: since(person.track()) })
}

switch (plan.does._tag) {
  case "OneByOne":
    for (let count = 0; count < plan.does.rooms; count++) {
      const person = await join({ ...options, room: `${name}-${count}` })
      await Bun.sleep(beforeMillis)
      await summon(person)
      await person.leave()
      await Bun.sleep(plan.does.gapMillis)
    }
    break
  case "Burst":
    for (let repeat = 0; repeat < plan.does.repeats; repeat++) {
      const rooms = Array.from({ length: plan.does.rooms }, (_, count) => `${name}-${repeat}-${count}`)
      const people = await Promise.all(rooms.map((room) => join({ ...options, room })))
      await Bun.sleep(1_000)
      await Promise.all(people.map(summon))
      await Promise.all(people.map(({ leave }) => leave()))
      await Bun.sleep(plan.does.gapMillis)
    }
    break
  case "Rooms":
    await live({ ask, tell, plan, does: plan.does, options: { ...options, says: Clip.load(plan.clip) }, name })
}
pacer.stop()
await Promise.race([dispose(), Bun.sleep(3_000)])
process.exit(0)
