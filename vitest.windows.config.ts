import { defineConfig } from "vitest/config";

/** What is seen on Windows, in a box of its own that `tests/windows/run.sh` makes. */
export default defineConfig({
  test: {
    include: ["tests/windows/**/*.test.ts"],
    globalSetup: ["tests/support/server.ts"],
    // A step takes a second there, and a new cluster fifteen.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
