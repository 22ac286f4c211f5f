import { defineConfig } from "vitest/config";

/** The tests that need no server and no process: Stryker runs them for every mutant. */
export default defineConfig({
  test: {
    include: [
      "tests/runner/{accept,arguments,diff,golden,guide,help,layout,order,pattern,run-all,tables,update}.test.ts",
      "tests/report/*.test.ts",
      "tests/learn/marks.test.ts",
      "tests/drivers/{connection-string,values}.test.ts",
    ],
    testTimeout: 60_000,
    env: { TZ: "America/New_York" },
  },
});
