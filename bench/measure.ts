import { Failure } from "../runner/failure.ts";
import { loadGuide } from "../runner/guide/load-guide.ts";
import type { Workspace } from "../runner/workspace/workspace.ts";
import { makeCases } from "./cases.ts";
import { type Goal, goalsOf } from "./goals.ts";
import { describeMachine, type Machine } from "./machine.ts";
import type { Options } from "./options.ts";
import { root } from "./process.ts";
import { findPython, installHint } from "./python.ts";
import { type Result, resultsOf } from "./results.ts";
import { type Case, groups, measureInTurn, type Series } from "./series.ts";
import { startBenchServer } from "./server.ts";

/** Everything that a benchmark came to. */
export interface Outcome {
  readonly machine: Machine;
  /** Runs of each case, without the warm-up. */
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly results: readonly Result[];
  readonly goals: readonly Goal[];
  /** What this machine cannot measure, and what to do about it. */
  readonly leftOut: readonly string[];
}

/**
 * Measures the chosen cases, group by group.
 * @param note is told what is going on
 * @throws Failure of kind "usage" for a case that there is not
 */
export async function measure(
  options: Options,
  workspace: Workspace,
  note: (text: string) => void,
): Promise<Outcome> {
  const rounds = options.quick ? 3 : 7;
  const python = await findPython();
  const isNodeEnough = runsTypeScript(process.versions.node);
  const server = await startBenchServer();
  try {
    const machine = describeMachine(server, python);
    const guide = await loadGuide(root);
    const place = workspace.directory;
    const cases = choose(makeCases({ guide, server, python, isNodeEnough, place }), options.only);

    const series: Series[] = [];
    for (const group of groups) {
      const ofGroup = cases.filter((one) => one.group === group);
      series.push(...(await measureInTurn(ofGroup, rounds, note)));
    }
    const results = resultsOf(series);
    const leftOut = [
      ...(python ? [] : [`The Python originals are left out. ${installHint}`]),
      ...(isNodeEnough ? [] : ["node run-guide.ts is left out: it needs Node.js 22.18 or newer."]),
    ];
    const goals = goalsOf(results);
    return { machine, rounds, isQuick: options.quick, results, goals, leftOut };
  } finally {
    await server.close();
  }
}

/** A name stands for its case, or for all cases of its group. */
function choose(cases: readonly Case[], only: readonly string[]): readonly Case[] {
  const unknown = only.find((name) => !cases.some((one) => isNamed(one, name)));
  if (unknown !== undefined) {
    const names = cases.map(({ name }) => name).join(", ");
    throw new Failure(
      "usage",
      `There is no case "${unknown}" here. The cases: ${names}. The groups: ${groups.join(", ")}.`,
    );
  }
  if (only.length === 0) return cases;
  return cases.filter((one) => only.some((name) => isNamed(one, name)));
}

function isNamed({ name, group }: Case, wanted: string): boolean {
  return name === wanted || group === wanted;
}

/** From these versions on, Node.js takes the types away by itself, without a flag. */
function runsTypeScript(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}
