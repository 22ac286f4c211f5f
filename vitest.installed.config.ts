import { defineConfig } from "vitest/config";

/** What is copied elsewhere and installed there, by itself. Needs npm's registry, or what npm keeps of it. */
export default defineConfig({
  test: {
    include: ["tests/installed/**/*.test.ts"],
    globalSetup: [
      "tests/support/server.ts",
      "tests/support/programs.ts",
      "tests/faults/support/seed.ts",
    ],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});
