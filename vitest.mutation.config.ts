import { defineConfig } from "vitest/config";

/** The tests that need no server and no process: Stryker runs them for every mutant. */
export default defineConfig({
  test: {
    include: [
      "tests/runner/*.test.ts",
      "tests/report/*.test.ts",
      "tests/drivers/connection-string.test.ts",
      "tests/drivers/database.test.ts",
      "tests/drivers/values.test.ts",
    ],
    exclude: ["tests/runner/fuzz.test.ts"], // seconds for each mutant
    testTimeout: 60_000,
    env: { TZ: "America/New_York" },
  },
});
