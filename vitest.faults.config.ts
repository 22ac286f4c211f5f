import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/faults/**/*.test.ts"],
    globalSetup: ["tests/faults/support/seed.ts"],
    // Each case has a limit of its own, within which a fault must be reported.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // One file at a time: twenty runners at once would delay what another file waits for.
    fileParallelism: false,
    // Of cases that mostly wait, two at once: more would delay each other.
    maxConcurrency: 2,
    reporters: ["default", "./tests/faults/support/table-reporter.ts"],
  },
});
