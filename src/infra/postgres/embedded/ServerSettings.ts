/**
 * Small, for one machine and one product, and durable: `fsync` and `synchronous_commit` stay on, so what was
 * acknowledged survives a power cut. Given as arguments, so that a newer version of ours can change them.
 */
const tuning = {
  shared_buffers: "16MB",
  max_connections: "40",
  // No standby reads the log, so it holds what recovery needs and no more.
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "128MB",
  min_wal_size: "32MB",
  // Fewer helper processes: reads go through the process that wants them.
  io_method: "sync",
  max_worker_processes: "2",
  max_parallel_workers_per_gather: "0",
  max_logical_replication_workers: "0",
  autovacuum_max_workers: "1",
  jit: "off",
  timezone: "UTC",
  lc_messages: "C",
  // Only the server's own life is logged: a failed statement is its caller's to report, and may hold what a person said.
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_checkpoints: "off",
  log_line_prefix: "",
  unix_socket_directories: "",
  listen_addresses: "127.0.0.1",
}

/** The arguments of `postgres`. `-D` comes first and is absolute: an abandoned server is known by it. */
export const settings = (dataDir: string, port: number): ReadonlyArray<string> => [
  "-D",
  dataDir,
  "-p",
  String(port),
  ...Object.entries(tuning).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
]
