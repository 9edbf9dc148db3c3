/** One environment variable that some part of ours reads. */
export interface Setting {
  readonly name: string
  readonly description: string
  /** What holds when it is not set, in words. */
  readonly fallback: string
  readonly secret: boolean
}

/** Every setting there is: help, `parley doctor` and the README all list these. */
export const settings: ReadonlyArray<Setting> = [
  {
    name: "PARLEY_PORT",
    description: "The port of the web app, on 127.0.0.1",
    fallback: "7780",
    secret: false,
  },
  {
    name: "PARLEY_DATA",
    description: "The folder that keeps the database",
    fallback: "~/.parley",
    secret: false,
  },
  {
    name: "DATABASE_URL",
    description: "A PostgreSQL server of your own (16 or newer)",
    fallback: "the embedded server",
    secret: true,
  },
  {
    name: "DATABASE_POOL_MAX",
    description: "How many connections to that server are held at most",
    fallback: "10",
    secret: false,
  },
  {
    name: "PARLEY_MEDIA",
    description:
      "Where audio goes: livekit, websocket, or auto: LiveKit if LIVEKIT_URL is set or livekit-server is on the PATH",
    fallback: "auto",
    secret: false,
  },
  {
    name: "LIVEKIT_URL",
    description: "A LiveKit server of your own, such as wss://livekit.example.org",
    fallback: "with `parley dev` a server of its own, if livekit-server is on the PATH",
    secret: false,
  },
  {
    name: "LIVEKIT_PUBLIC_URL",
    description: "Where browsers find that server",
    fallback: "LIVEKIT_URL",
    secret: false,
  },
  {
    name: "LIVEKIT_API_KEY",
    description: "A key of that server",
    fallback: "none",
    secret: false,
  },
  {
    name: "LIVEKIT_API_SECRET",
    description: "Its secret, of 32 bytes or more",
    fallback: "none",
    secret: true,
  },
  {
    name: "LIVEKIT_API_KEY_NEXT",
    description: "Another key that is believed, too, while keys are changed",
    fallback: "none",
    secret: false,
  },
  {
    name: "LIVEKIT_API_SECRET_NEXT",
    description: "Its secret",
    fallback: "none",
    secret: true,
  },
  {
    name: "REDIS_URL",
    description: "A Redis server in which conversations wait for workers; redis:// or rediss://",
    fallback: "memory of `parley dev`",
    secret: true,
  },
  {
    name: "REDIS_CLUSTER",
    description: "true: that server is one of a Redis Cluster",
    fallback: "false",
    secret: false,
  },
  {
    name: "DISPATCH_LEASE_MILLIS",
    description: "How long a worker may be silent until another one takes its conversations over",
    fallback: "3000",
    secret: false,
  },
  {
    name: "DISPATCH_WAITING_MAX",
    description: "How many conversations may wait for a worker",
    fallback: "1000",
    secret: false,
  },
  {
    name: "PARLEY_SLOTS",
    description: "How many conversations one process holds in LiveKit rooms at most",
    fallback: "20",
    secret: false,
  },
  {
    name: "PARLEY_AGENT_NAME",
    description: "The name by which LiveKit's own dispatch asks for the assistant",
    fallback: "parley",
    secret: false,
  },
  {
    name: "PARLEY_AGENT_NAMESPACE",
    description: "The namespace of that name",
    fallback: "none",
    secret: false,
  },
  {
    name: "PARLEY_LIVEKIT_SDK",
    description: "How the LiveKit SDK is driven: keyed (denser), or plain, as it comes",
    fallback: "keyed",
    secret: false,
  },
  {
    name: "PARLEY_DRAIN_SECONDS",
    description: "How long conversations may go on when `parley agent` is told to end",
    fallback: "600",
    secret: false,
  },
  {
    name: "PARLEY_LLM_URL",
    description: "Base URL of a server that speaks the OpenAI API, such as http://127.0.0.1:8000/v1",
    fallback: "OpenAI with a key, a local Ollama if it answers, else the embedded rules",
    secret: false,
  },
  {
    name: "PARLEY_LLM_MODEL",
    description: "Which model to ask for",
    fallback: "OpenAI's default, or the server's first",
    secret: false,
  },
  {
    name: "PARLEY_LLM_KEY",
    description: "The key for that server",
    fallback: "no key; OPENAI_API_KEY at OpenAI",
    secret: true,
  },
  { name: "OPENAI_API_KEY", description: "Talks with OpenAI", fallback: "no key", secret: true },
  {
    name: "PARLEY_LLM_GGUF",
    description: "The path of a model file that llama.cpp reads, to talk without any server",
    fallback: "no file",
    secret: false,
  },
  { name: "PARLEY_ASSISTANT_NAME", description: "What the assistant is called", fallback: "Parley", secret: false },
  {
    name: "PARLEY_GREETING",
    description: "Said when a person comes; may hold {assistant} and {person}; empty for silence",
    fallback: "a short hello",
    secret: false,
  },
  {
    name: "PARLEY_SYSTEM_PROMPT",
    description: "What the model is told first; may hold {assistant}, {person}, {language}, {date} and {time}",
    fallback: "to be friendly and brief",
    secret: false,
  },
  { name: "PARLEY_LANGUAGE", description: "The language to talk in, such as en", fallback: "en", secret: false },
  { name: "PARLEY_VOICE", description: "The voice: slt, rms, awb or kal16", fallback: "slt", secret: false },
  {
    name: "PARLEY_ENDPOINT_MS_MIN",
    description: "The shortest silence after a finished sentence that counts as its end",
    fallback: "400",
    secret: false,
  },
  {
    name: "PARLEY_ENDPOINT_MS_MAX",
    description: "The longest silence that is waited for more",
    fallback: "1600",
    secret: false,
  },
  {
    name: "PARLEY_BARGE_IN_MS",
    description: "How long a person must speak to stop the assistant",
    fallback: "250",
    secret: false,
  },
  {
    name: "PARLEY_SILENCE_ASK_MS",
    description: "After so long a silence the assistant asks whether the person is still there",
    fallback: "45000",
    secret: false,
  },
  {
    name: "PARLEY_SILENCE_END_MS",
    description: "After so long a silence more it says goodbye and ends",
    fallback: "30000",
    secret: false,
  },
  {
    name: "PARLEY_CONTEXT_TOKENS",
    description: "How much of a conversation the model is told; older exchanges are left out",
    fallback: "6000",
    secret: false,
  },
  {
    name: "PARLEY_LOG",
    description: "How log lines look: pretty, json, or auto (pretty on a terminal)",
    fallback: "auto",
    secret: false,
  },
  {
    name: "PARLEY_LOG_LEVEL",
    description: "trace, debug, info, warning, error or none",
    fallback: "info",
    secret: false,
  },
]
