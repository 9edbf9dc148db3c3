import { Data } from "effect"

/** A role could not do what it was asked; the messages are for the person at the terminal. */
export class RoleFailure extends Data.TaggedError("RoleFailure")<{
  readonly message: string
  /** What to do about it. */
  readonly hint: string
}> {}

/** The role has said all there is to say, and what it says is not good. */
export class RoleRefusal extends Data.TaggedError("RoleRefusal")<{}> {}
