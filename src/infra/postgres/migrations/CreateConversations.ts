import { SqlClient } from "@effect/sql"
import { Effect } from "effect"

/**
 * Users, rooms, conversations with their messages, files and turns. `seq` orders messages of the same moment. A turn's timings are
 * columns, so that percentiles are plain SQL.
 */
export const createConversations = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`
    CREATE TABLE users (
      id uuid PRIMARY KEY,
      email text NOT NULL CHECK (char_length(email) BETWEEN 3 AND 320),
      name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL
    );
    -- One person writes an address in more than one way; nobody has two mailboxes that differ in case.
    CREATE UNIQUE INDEX users_email_key ON users (lower(email));

    CREATE TABLE rooms (
      id uuid PRIMARY KEY,
      livekit_room_id text NOT NULL UNIQUE CHECK (char_length(livekit_room_id) BETWEEN 1 AND 256),
      name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
      created_by uuid NOT NULL REFERENCES users,
      status text NOT NULL CHECK (status IN ('open', 'closed')),
      created_at timestamptz NOT NULL,
      metadata jsonb NOT NULL
    );
    CREATE INDEX rooms_created_by_idx ON rooms (created_by, created_at DESC, id DESC);

    CREATE TABLE conversations (
      id uuid PRIMARY KEY,
      room_id uuid NOT NULL REFERENCES rooms,
      user_id uuid NOT NULL REFERENCES users,
      started_at timestamptz NOT NULL,
      ended_at timestamptz,
      end_reason text CHECK (end_reason IN ('left', 'silence', 'assistant', 'hook', 'drain', 'error')),
      metadata jsonb NOT NULL,
      CHECK (end_reason IS NULL OR ended_at IS NOT NULL)
    );
    CREATE INDEX conversations_user_id_idx ON conversations (user_id, started_at DESC, id DESC);
    CREATE INDEX conversations_room_id_idx ON conversations (room_id);

    CREATE TABLE messages (
      id uuid PRIMARY KEY,
      conversation_id uuid NOT NULL,
      seq bigint GENERATED ALWAYS AS IDENTITY,
      role text NOT NULL CHECK (role IN ('user', 'assistant', 'system')),
      content text NOT NULL,
      timestamp timestamptz NOT NULL,
      metadata jsonb NOT NULL,
      CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations ON DELETE CASCADE
    );
    CREATE INDEX messages_conversation_id_idx ON messages (conversation_id, timestamp, seq);

    CREATE TABLE files (
      id uuid PRIMARY KEY,
      conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
      filename text NOT NULL CHECK (char_length(filename) BETWEEN 1 AND 255),
      blob_url text NOT NULL,
      size bigint NOT NULL CHECK (size >= 0),
      mime_type text NOT NULL,
      uploaded_at timestamptz NOT NULL
    );
    CREATE INDEX files_conversation_id_idx ON files (conversation_id, uploaded_at, id);

    CREATE TABLE turns (
      id uuid PRIMARY KEY,
      conversation_id uuid NOT NULL,
      answer_id uuid NOT NULL,
      index bigint NOT NULL CHECK (index >= 0),
      started_at timestamptz NOT NULL,
      source text NOT NULL CHECK (source IN ('speech', 'text', 'assistant')),
      outcome text NOT NULL CHECK (outcome IN ('answered', 'interrupted', 'failed', 'abandoned')),
      final_transcript_ms double precision,
      endpoint_ms double precision,
      first_token_ms double precision,
      first_sentence_ms double precision,
      first_audio_ms double precision,
      playout_ms double precision,
      speculative boolean NOT NULL,
      dead_air bigint NOT NULL CHECK (dead_air >= 0),
      recoveries bigint NOT NULL CHECK (recoveries >= 0),
      speech_to_text text NOT NULL,
      language_model text NOT NULL,
      text_to_speech text NOT NULL,
      input_tokens bigint NOT NULL CHECK (input_tokens >= 0),
      output_tokens bigint NOT NULL CHECK (output_tokens >= 0),
      CONSTRAINT turns_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations ON DELETE CASCADE
    );
    CREATE INDEX turns_conversation_id_idx ON turns (conversation_id, index, started_at);
    CREATE INDEX turns_started_at_idx ON turns (started_at);
  `,
)
