import { readFileSync } from "node:fs";
import pc from "picocolors";
import { psqlHint } from "../database/shell-lines.ts";
import type { Outcome } from "../execute/outcome.ts";
import type { Guide, Run } from "../guide/guide.ts";
import type { Session } from "../session/session.ts";
import { readGolden } from "../verify/golden.ts";
import { type JudgedRun, judgeRun } from "../verify/judged-run.ts";
import { codePage } from "./code-page.ts";
import type { Keys } from "./keys.ts";
import { openLiveLine } from "./live.ts";
import { endingOf, pageOf, resultOf, wholeDiffOf } from "./page.ts";

export interface NotebookOptions {
  readonly guide: Guide;
  readonly drivers: readonly string[];
  readonly session: Session;
  readonly keys: Keys;
  readonly write: (text: string) => void;
  /** Columns; asked anew for each page, since a terminal may be resized. */
  readonly width: () => number;
  readonly signal: AbortSignal;
}

const keyLine = "Enter run  a all  b back  r again  c code  d diff  q quit";

/**
 * The guide as a notebook in a terminal: a page for each run, and a key to go on.
 * @returns the runs as they were judged last; fewer than the guide has where the reader quits
 */
export async function readNotebook(choice: NotebookOptions): Promise<readonly JudgedRun[]> {
  const { guide, drivers, session, keys, write, width, signal } = choice;
  const judged: JudgedRun[] = [];
  let isPaused = true;

  write(`${pc.bold(guide.title)}\n${pc.dim(session.database.label)}\n`);
  write(`${pc.dim(await psqlHints(choice))}\n\n`);

  while (judged.length < guide.runs.length) {
    const run = guide.runs[judged.length];
    if (!run) break;
    write(`${await pageOf(guide, run, width())}`);
    const next = isPaused ? await ask(run) : "run";
    if (next === "quit") {
      write(`Stopped after ${judged.length} of ${guide.runs.length} runs.\n`);
      return judged;
    }
    if (next === "all") isPaused = false;
    if (next === "again" || next === "back") {
      const runs = judged.length - 1;
      await replay(Math.max(0, runs));
      if (next === "back" || runs < 0) continue;
      write(`${pc.dim("Again, with the files as they are now.")}\n`);
      await runOne(guide.runs[runs] ?? run);
      continue;
    }
    await runOne(run);
  }
  write(`\n${endingOf(guide, width())}\n`);
  return judged;

  async function ask(run: Run): Promise<"run" | "all" | "again" | "back" | "quit"> {
    for (;;) {
      write(`${pc.dim(keyLine)} `);
      const key = await keys.next(signal).finally(() => write("\r\x1b[K"));
      if (key === "return" || key === "enter") return "run";
      if (key === "a") return "all";
      if (key === "b") return "back";
      if (key === "r") return "again";
      if (key === "q") return "quit";
      if (key === "c") write(await codePage(guide, run.step));
      const last = judged.at(-1);
      if (key === "d") write(last ? wholeDiffOf(last) : "Nothing was run yet.\n");
    }
  }

  async function runOne(run: Run): Promise<void> {
    const live = openLiveLine(drivers, write, true);
    const result = await execute(run, live.done).finally(live.close);
    judged.push(result);
    write(`${resultOf(guide, result, outputOf(result))}\n`);
  }

  /** Brings new databases to where they are before the run with this index. */
  async function replay(index: number): Promise<void> {
    write(pc.dim(`Going back: ${index} runs are replayed.\n`));
    await session.recompile();
    await session.reset();
    judged.length = 0;
    for (const run of guide.runs.slice(0, index)) judged.push(await execute(run, () => {}));
  }

  async function execute(
    run: Run,
    onDone: (driver: string, outcome: Outcome) => void,
  ): Promise<JudgedRun> {
    const golden = readGolden(guide.directory, run);
    const outcomes = await Promise.all(
      drivers.map(async (driver) => {
        const outcome = await session.execute(run, driver);
        onDone(driver, outcome);
        return [driver, outcome] as const;
      }),
    );
    signal.throwIfAborted();
    return judgeRun(run, golden, outcomes);
  }
}

function outputOf({ drivers }: JudgedRun): string {
  const outcome = drivers[0]?.outcome;
  if (outcome?.kind !== "finished") return "";
  return readFileSync(outcome.stdoutFile)
    .subarray(0, 64 * 1024)
    .toString("utf8");
}

/** The database is alive while the reader reads. */
async function psqlHints({ drivers, session }: NotebookOptions): Promise<string> {
  const hints = drivers.map(async (driver) => {
    return `${driver}:  ${psqlHint(session.database, await session.laneOf(driver))}`;
  });
  return (await Promise.all(hints)).join("\n");
}
