import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/support/longest-first.ts";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    // They need more than npm installs.
    exclude: ["faults", "installed", "screens", "windows"].map((suite) => `tests/${suite}/**`),
    globalSetup: ["tests/support/memory.ts", "tests/support/suite.ts"],
    // A command starts servers and processes. The limit is there for a hang, not to measure speed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A test mostly waits for what it started.
    maxWorkers: Math.min(6, 2 * availableParallelism()),
    // Starting a worker for each file, and loading vitest and our modules there, takes longer than most files.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // What passes only in UTC is wrong.
    env: { TZ: "America/New_York" },
  },
});
