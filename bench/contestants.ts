import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Programs } from "../runner/compile/compile-steps.ts";
import { type Guide, goldenFile, type Run } from "../runner/guide/guide.ts";
import type { Python } from "./python.ts";
import { runScripts, type Script } from "./scripts.ts";
import type { BenchServer } from "./server.ts";

/**
 * The floor: the compiled steps as plain node processes, in two lanes, with nothing around them.
 * @returns milliseconds
 */
export async function runFloor(
  guide: Guide,
  server: BenchServer,
  programs: Programs,
): Promise<number> {
  return server.withDatabase((pgUrl) =>
    server.withDatabase((postgresUrl) => {
      const lane = (driver: string, url: string) =>
        guide.runs.map((run) => ({
          ...described(guide, run, driver),
          program: process.execPath,
          choices: [programs.get(run.step) ?? "", "--driver", driver],
          environment: { DATABASE_URL: url },
        }));
      return runScripts([lane("pg", pgUrl), lane("postgres", postgresUrl)]);
    }),
  );
}

/**
 * The loop that one would write without a runner: `npx tsx steps/…`, one after the other.
 * @returns milliseconds
 */
export function runLoop(guide: Guide, server: BenchServer): Promise<number> {
  return server.withDatabase((url) => {
    const scripts = guide.drivers.flatMap((driver) =>
      guide.runs.map((run) => ({
        ...described(guide, run, driver),
        program: "npx",
        choices: ["tsx", `steps/${run.step.name}.ts`, "--driver", driver],
        environment: { DATABASE_URL: url },
      })),
    );
    return runScripts([scripts]);
  });
}

/**
 * The Python originals, one after the other: the same six runs with each of two libraries.
 * @returns milliseconds
 */
export function runOriginals(guide: Guide, server: BenchServer, python: Python): Promise<number> {
  return server.withDatabase((url) => {
    const scripts = ["psycopg2", "asyncpg"].flatMap((library) =>
      guide.runs.map((run) => ({
        ...described(guide, run, library),
        program: python.program,
        choices: [join(guide.directory, "standalone", library, `${run.step.name}.py`)],
        environment: { DATABASE_URL: url },
      })),
    );
    return runScripts([scripts]);
  });
}

function described(guide: Guide, run: Run, library: string): Pick<Script, "name" | "expected"> {
  const expected = readFileSync(join(guide.directory, goldenFile(run)), "utf8");
  return { name: `${run.name} with ${library}`, expected: expected.replaceAll("\r\n", "\n") };
}
