import { compareWithSolution, type Difference } from "./compare-effects.ts";
import type { OtherData } from "./other-data.ts";
import type { Left } from "./tables-after.ts";

/** What a script did with other data. */
export interface Trial {
  /** null where it was ended. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined where that is not compared. */
  readonly left: Left | undefined;
}

const LINES_SHOWN = 6;

/**
 * Compare what a learner's script did with other data with what the solution did there.
 * @param runs of the solution. What differs between them is not compared
 * @returns undefined if no difference is known
 */
export function compareTrials(
  { name, hasRows }: OtherData,
  own: Trial,
  runs: readonly Trial[],
): Difference | undefined {
  const solution = runs.at(-1);
  // What is not known is not wrong.
  if (!solution || [own, ...runs].some(({ exitCode }) => exitCode === null)) return undefined;
  const isAlways = (of: (run: Trial) => unknown) => runs.every((run) => of(run) === of(solution));
  if (!isAlways(failed)) return undefined;
  if (failed(solution)) {
    if (failed(own)) return undefined;
    const message = `${name}, your script ends without an error. The solution ends with one${sayError(solution)}`;
    return { message, rows: [] };
  }
  // Without rows, a script may be stricter than the solution, or print another nothing.
  if (!hasRows) return undefined;
  if (failed(own)) {
    const message = `${name}, your script ends with an error${sayError(own)} The solution does not.`;
    return { message, rows: [] };
  }
  // Where the solution leaves the order of its lines to the server, a script may, too.
  const printed = [exactly, inAnyOrder].find(isAlways);
  if (printed && printed(own) !== printed(solution)) {
    const message = `${name}, your script's output differs from the solution's.`;
    return { message, rows: differentLines(own.stdout, solution.stdout) };
  }
  const [mine, ...solutions] = [own, ...runs].flatMap(({ left }) =>
    left ? { ...left, effects: undefined } : [],
  );
  const difference = mine && compareWithSolution(mine, solutions);
  return difference && { ...difference, message: `${name}: ${difference.message}` };
}

export const failed = ({ exitCode }: Trial) => exitCode !== 0;
const exactly = ({ stdout }: Trial) => stdout;
const inAnyOrder = ({ stdout }: Trial) => stdout.split("\n").sort().join("\n");

/** The end of a sentence, with what an error says. */
function sayError({ stderr }: Trial): string {
  const [, said] = /^(?:\w*Error(?: \[\w+\])?|✗|error): *(.+)$/m.exec(stderr) ?? [];
  const text = said ?? stderr.trim().split("\n")[0] ?? "";
  if (text === "") return ".";
  return `: ${text}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** The first lines that differ: "-" is the solution's, "+" the learner's. */
function differentLines(own: string, solution: string): string[] {
  const [mine, right] = [own, solution].map((text) => text.split(/\r?\n/));
  const missing = right?.filter((line, index) => line !== mine?.[index]) ?? [];
  const added = mine?.filter((line, index) => line !== right?.[index]) ?? [];
  return [
    ...missing.slice(0, LINES_SHOWN).map((line) => `-${line}`),
    ...added.slice(0, LINES_SHOWN).map((line) => `+${line}`),
  ];
}
