import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Speech engines and browsers are heavy; two of them at a time is what a 2-core machine carries.
    maxWorkers: 2,
    minWorkers: 1,
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
