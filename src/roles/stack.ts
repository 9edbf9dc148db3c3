import { FetchHttpClient, type FileSystem, type Path } from "@effect/platform"
import type { MigrationError } from "@effect/sql/Migrator"
import type { SqlError } from "@effect/sql/SqlError"
import { Config, type ConfigError, Effect, Layer, Option, Redacted } from "effect"
import * as ConversationSettings from "../agent/conversation/ConversationSettings.ts"
import * as Runner from "../agent/conversation/Runner.ts"
import * as SettingsConfig from "../agent/conversation/SettingsConfig.ts"
import * as AnalyticsHook from "../agent/hooks/AnalyticsHook.ts"
import * as ConversationHook from "../agent/hooks/ConversationHook.ts"
import * as HookRegistry from "../agent/hooks/HookRegistry.ts"
import * as RoomHook from "../agent/hooks/RoomHook.ts"
import * as BuiltInTools from "../agent/tools/BuiltInTools.ts"
import { ConversationRepository } from "../domain/conversation/ConversationRepository.ts"
import type { TurnRepository } from "../domain/analytics/TurnRepository.ts"
import type { RecordingRepository } from "../domain/recording/RecordingRepository.ts"
import type { RoomRepository } from "../domain/room/RoomRepository.ts"
import type { StorageError } from "../domain/StorageError.ts"
import type { UserRepository } from "../domain/user/UserRepository.ts"
import type { EmbeddedPostgresError } from "../infra/postgres/embedded/EmbeddedPostgresError.ts"
import * as DiskObjectStore from "../infra/blob/DiskObjectStore.ts"
import * as Postgres from "../infra/postgres/Postgres.ts"
import * as Repositories from "../infra/postgres/Repositories.ts"
import * as EmbeddedSpeech from "../providers/embedded/EmbeddedSpeech.ts"
import * as RuleTurnDetector from "../providers/embedded/RuleTurnDetector.ts"
import * as Selection from "../providers/Selection.ts"
import * as Failure from "./Failure.ts"
import * as Progress from "./Progress.ts"
import { RoleFailure } from "./RoleFailure.ts"

/** Listening and speaking on this machine. The engines load in the background: nobody has to wait for them. */
export const speech = (dataFolder: string) =>
  Layer.merge(EmbeddedSpeech.layer({ cacheDir: `${dataFolder}/cache` }), RuleTurnDetector.layer)

export const languageModel = Selection.layerLanguageModel.pipe(Layer.provide(FetchHttpClient.layer))

/** How conversations are held: what the environment says, and what a command knows better. */
export const settings = (known: Partial<ConversationSettings.Settings> = {}) =>
  Layer.effect(
    ConversationSettings.ConversationSettings,
    Effect.map(SettingsConfig.config, (configured) => ({ ...configured, ...known })),
  )

/** The engine; what it tells hooks goes to those of the same registry. */
export const conversation = (known: Partial<ConversationSettings.Settings> = {}) =>
  Runner.layer.pipe(Layer.provide(Layer.mergeAll(BuiltInTools.layer(), settings(known))))

/** The hooks that store, in the order in which they are called: a room's row comes before its conversation's. */
export const hooks = Layer.mergeAll(RoomHook.layer, ConversationHook.layer, AnalyticsHook.layer).pipe(
  Layer.provideMerge(HookRegistry.layer),
)

type DatabaseError =
  | RoleFailure
  | EmbeddedPostgresError
  | SqlError
  | MigrationError
  | StorageError
  | ConfigError.ConfigError

const hostOf = (url: Redacted.Redacted) => URL.parse(Redacted.value(url))?.host ?? "not a URL"

const ownServer = (url: Redacted.Redacted) =>
  Postgres.layerConfig.pipe(
    Layer.mapError(
      (error) =>
        new RoleFailure({
          message: `DATABASE_URL (${hostOf(url)}) cannot be used: ${Failure.innermost(error)}`,
          hint: "Start that server or mend DATABASE_URL; unset it to use the embedded one. `parley doctor` says more.",
        }),
    ),
  )

/** What was under way when the process died is over; a store of our own has no other process to be in the middle of it. */
const tidied = Layer.effectDiscard(
  Effect.flatMap(ConversationRepository, ({ endLeftOpen }) => endLeftOpen).pipe(
    Effect.tap((count) => (count === 0 ? Effect.void : Effect.logInfo(`${count} conversations had not ended`))),
  ),
)

const ownDatabase = (dataFolder: string) =>
  tidied.pipe(
    Layer.provideMerge(Repositories.layer),
    Layer.provide(Postgres.layerEmbedded({ dataDir: dataFolder, progress: Progress.say })),
  )

/** Recordings and files, below the data folder. */
export const objects = (dataFolder: string) => DiskObjectStore.layer({ folder: `${dataFolder}/blobs` })

type Repositories = UserRepository | RoomRepository | ConversationRepository | TurnRepository | RecordingRepository

/** The server that is configured, else one of our own below the data folder. */
export const storage = (dataFolder: string) =>
  Layer.unwrapEffect(
    Effect.map(
      Config.option(Config.redacted(Config.nonEmptyString("DATABASE_URL"))),
      (url): Layer.Layer<Repositories, DatabaseError, FileSystem.FileSystem | Path.Path> =>
        Option.isSome(url) ? Repositories.layer.pipe(Layer.provide(ownServer(url.value))) : ownDatabase(dataFolder),
    ),
  )
