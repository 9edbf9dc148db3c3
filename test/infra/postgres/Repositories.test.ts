import { Layer } from "effect"
import * as Repositories from "../../../src/infra/postgres/Repositories.ts"
import { conversationMessagesContract } from "../../contract/ConversationMessages.ts"
import { conversationRepositoryContract } from "../../contract/ConversationRepository.ts"
import { recordingRepositoryContract } from "../../contract/RecordingRepository.ts"
import { roomRepositoryContract } from "../../contract/RoomRepository.ts"
import { turnRepositoryContract } from "../../contract/TurnRepository.ts"
import { userRepositoryContract } from "../../contract/UserRepository.ts"
import * as Database from "../../support/Database.ts"

const repositories = Repositories.layer.pipe(Layer.provide(Database.layer))

userRepositoryContract("PostgreSQL", repositories)
roomRepositoryContract("PostgreSQL", repositories)
conversationRepositoryContract("PostgreSQL", repositories)
conversationMessagesContract("PostgreSQL", repositories)
turnRepositoryContract("PostgreSQL", repositories)
recordingRepositoryContract("PostgreSQL", repositories)
