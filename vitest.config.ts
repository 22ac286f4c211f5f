import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/support/longest-first.ts";

/** What needs more than npm installs has a project of its own: `npm run test:NAME`. */
const separate = ["faults", "installed", "screens", "windows"];

/** Those that need no server and no process: Stryker runs them for every mutant. */
const mutation = [
  "tests/runner/{accept,arguments,diff,golden,guide,help,layout,order,pattern,run-all,tables,update}.test.ts",
  "tests/report/*.test.ts",
  "tests/drivers/{connection-string,values}.test.ts",
];

const server = "tests/support/server.ts";
const programs = "tests/support/programs.ts";

/** @param seconds a limit for what hangs, not a measure of speed */
function project(name: string, include: string[], globalSetup: string[], seconds: number) {
  const timeout = seconds * 1000;
  const env = { TZ: "America/New_York" }; // what passes only in UTC is wrong
  const expect = { poll: { timeout: 30_000 } }; // after a second, a busy machine may not be there yet
  const timeouts = { testTimeout: timeout, hookTimeout: timeout, expect };
  return { test: { name, include, globalSetup, env, ...timeouts } };
}

const all = (suite: string) => [`tests/${suite}/**/*.test.ts`];
const main = project(
  "main",
  ["tests/**/*.test.ts"],
  ["tests/support/memory.ts", "tests/support/suite.ts"],
  120,
);
const faults = project("faults", all("faults"), ["tests/faults/support/seed.ts"], 300);

export default defineConfig({
  test: {
    // A test mostly waits for what it started.
    maxWorkers: Math.min(6, 2 * availableParallelism()),
    sequence: { sequencer: LongestFirst },
    projects: process.env.MUTATION
      ? [project("mutation", mutation, [], 60)]
      : [
          {
            test: {
              ...main.test,
              exclude: separate.flatMap(all),
              // A worker for each file would load vitest and our modules again: longer than most files take.
              isolate: false,
            },
          },
          project("screens", all("screens"), [server, programs], 120),
          project(
            "installed",
            all("installed"),
            [server, programs, "tests/faults/support/seed.ts"],
            300,
          ),
          // More at once would take too long to start for the deadlines of seconds that it tests. The command
          // line's --max-concurrency does not reach a project.
          { test: { ...faults.test, maxConcurrency: 2 } },
          project("windows", all("windows"), [server], 300),
        ],
  },
});
