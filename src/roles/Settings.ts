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
