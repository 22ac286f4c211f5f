import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    // They need more than npm installs.
    exclude: ["faults", "installed", "screens", "windows"].map((suite) => `tests/${suite}/**`),
    globalSetup: [
      "tests/support/memory.ts",
      "tests/support/server.ts",
      "tests/support/programs.ts",
    ],
    // A command starts servers and processes. The limit is there for a hang, not to measure speed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // What passes only in UTC is wrong.
    env: { TZ: "America/New_York" },
  },
});
