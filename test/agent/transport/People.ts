import { DateTime } from "effect"
import { User, UserId } from "../../../src/domain/user/User.ts"

const at = DateTime.unsafeMake("2026-11-01T12:00:00Z")

const person = (digit: number, name: string): User =>
  User.make({
    id: UserId.make(`00000000-0000-4000-8000-00000000000${digit}`),
    email: `${name.toLowerCase()}@example.org`,
    name,
    createdAt: at,
    updatedAt: at,
  })

export const ada = person(1, "Ada")
export const bob = person(2, "Bob")
