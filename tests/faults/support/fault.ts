import { expect, type TestContext } from "vitest";
import {
  type Command,
  type Ended,
  isInFiles,
  leftovers,
  makeCache,
  removeCache,
  type StartOptions,
  start,
} from "./command.ts";
import { type FaultServer, readerPassword } from "./server.ts";

declare module "vitest" {
  interface TaskMeta {
    /** A row of the table that the suite proves. */
    fault?: { readonly drivers: string; readonly outcome: string; readonly seconds: number };
  }
}

/** What a case states: what is printed, the exit code, and the seconds within which it has ended. */
export interface Expected {
  readonly prints: RegExp;
  readonly code: number;
  readonly within: number;
}

/** The clients of most cases. */
export const drivers = ["pg", "postgres"];

/** What a run of the guide itself ends with when nothing is in its way. */
export const verified: Expected = {
  prints: /All 6 outputs are verified with 2 clients/,
  code: 0,
  within: 60,
};

/** Runs a command with a cache of its own, and checks everything that must hold afterwards. */
export async function prove(
  choices: readonly string[],
  environment: NodeJS.ProcessEnv,
  expected: Expected,
  server?: FaultServer,
  { started, ...options }: StartOptions & { started?(command: Command): unknown } = {},
): Promise<Ended> {
  const cache = makeCache();
  const before = await server?.sentinel();
  try {
    const command = start(
      choices,
      { XDG_CACHE_HOME: cache, ...environment },
      expected.within,
      options,
    );
    started?.(command);
    const ended = await command.ended;
    expect(ended.stdout + ended.stderr).toMatch(expected.prints);
    expect(ended.code).toBe(expected.code);
    expect(await leftovers(cache)).toEqual([]);
    expect(isInFiles(cache, readerPassword)).toBe(false);
    expect(ended.stdout + ended.stderr + ended.processList).not.toContain(readerPassword);
    if (server) {
      expect(await server.sentinel()).toEqual(before);
      expect(await server.scratchDatabases(command.child.pid)).toEqual([]);
    }
    return ended;
  } finally {
    removeCache(cache);
  }
}

/** Runs a step by itself, and checks the same. */
export function proveStep(
  driver: string,
  environment: NodeJS.ProcessEnv,
  expected: Expected,
): Promise<Ended> {
  const file = "steps/02-read.ts";
  return prove(["--driver", driver], environment, expected, undefined, { file });
}

/** Notes the row of the table that this test proves. */
export function record(
  context: TestContext,
  ended: readonly Pick<Ended, "code" | "time">[],
  outcome: string,
  clients: readonly string[] = drivers,
): void {
  const seconds = Math.max(...ended.map(({ time }) => time));
  const codes = [...new Set(ended.map(({ code }) => code))].join(", ");
  context.task.meta.fault = {
    drivers: clients.join(", "),
    outcome: `exit ${codes}: ${outcome}`,
    seconds,
  };
}
