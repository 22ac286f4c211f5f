import { defineConfig } from "vitest/config";

/** What a person sees: in a real terminal (tmux), and in a real browser (Chromium or Chrome). */
export default defineConfig({
  test: {
    include: ["tests/screens/**/*.test.ts"],
    globalSetup: ["tests/support/server.ts", "tests/support/programs.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
