import { type Command, runProcess } from "./process.ts";
import { NotVerified } from "./series.ts";

/** A program that does one step, and what it must print. */
export interface Script extends Command {
  readonly name: string;
  readonly expected: string;
}

/**
 * Runs lanes of scripts side by side, and those of one lane one after the other. Outputs are
 * compared when the time has been taken.
 * @returns milliseconds from the first start to the last end
 * @throws NotVerified
 */
export async function runScripts(lanes: readonly (readonly Script[])[]): Promise<number> {
  const started = performance.now();
  const ended = await Promise.all(lanes.map(runLane));
  const wall = performance.now() - started;

  for (const { script, code, stdout, stderr } of ended.flat()) {
    if (code !== 0) throw new NotVerified(`${script.name} exited with ${code}.`, stderr);
    if (stdout !== script.expected) throw new NotVerified(`${script.name} printed something else.`);
  }
  return wall;
}

async function runLane(scripts: readonly Script[]) {
  const ended = [];
  for (const script of scripts) ended.push({ script, ...(await runProcess(script)) });
  return ended;
}
