import { Layer } from "effect"
import * as ConversationRepositoryPg from "./ConversationRepositoryPg.ts"
import * as Migrations from "./Migrations.ts"
import * as RecordingRepositoryPg from "./RecordingRepositoryPg.ts"
import * as RoomRepositoryPg from "./RoomRepositoryPg.ts"
import * as TurnRepositoryPg from "./TurnRepositoryPg.ts"
import * as UserRepositoryPg from "./UserRepositoryPg.ts"

/** Every repository, over a database whose schema is brought up to date first. */
export const layer = Layer.mergeAll(
  UserRepositoryPg.layer,
  RoomRepositoryPg.layer,
  ConversationRepositoryPg.layer,
  TurnRepositoryPg.layer,
  RecordingRepositoryPg.layer,
).pipe(Layer.provide(Migrations.layer))
