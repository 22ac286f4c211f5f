import { resolve } from "node:path";
import type { RunOptions } from "../arguments.ts";
import { Failure } from "../failure.ts";
import { listRuns } from "../guide/list.ts";
import { loadGuide } from "../guide/load-guide.ts";
import { selectRuns } from "../guide/select.ts";
import { project } from "../project.ts";
import { openReporters } from "../report/reporters.ts";
import type { GuideChoice } from "../session/run-once.ts";
import { runGuide } from "../session/run-once.ts";
import type { Session } from "../session/session.ts";
import { selectClients } from "../standalone/select-clients.ts";
import { acceptAll, acceptFiles } from "../verify/accept.ts";
import { type Context, isInteractive } from "./context.ts";

/** `run-guide`: runs a guide in one of its ways. @returns the exit code */
export async function runCommand(options: RunOptions, context: Context): Promise<number> {
  const guide = await loadGuide(options.guide ? resolve(options.guide) : project);
  if (options.list) {
    context.print(listRuns(guide));
    return 0;
  }
  const clients = await selectClients(guide, options.driver, options.standalone === true);
  const { drivers, standalone, unavailable } = clients;
  const runs = selectRuns(guide, options.step);
  const allDrivers = guide.drivers.every((name) => drivers.includes(name));
  refuseConflicts(options, allDrivers, standalone.length > 0);

  const { note, signal } = context;
  const needs = {
    guide,
    drivers,
    standalone,
    timeout: options.timeout,
    inPlace: options.inPlace ?? false,
    note,
    signal,
  };
  if (options.watch) {
    const { watchCommand } = await import("./watch.ts");
    return watchCommand({ ...needs, runs: guide.runs }, context);
  }
  if (isNotebook(options) && standalone.length === 0) {
    const { notebookCommand } = await import("./notebook.ts");
    return notebookCommand({ ...needs, runs: guide.runs }, context);
  }

  const reporter = await openReporters(options.reporter, context.print);
  const accepting = await acceptFor(options, context);
  try {
    const linger = options.keep
      ? (session: Session) => keepOpen(session, drivers, context)
      : undefined;
    const bail = options.bail ?? false;
    const summary = await runGuide({
      ...needs,
      runs,
      unavailable,
      reporter,
      bail,
      accept: accepting.accept,
      linger,
    });
    return summary.verified ? 0 : 1;
  } finally {
    accepting.close();
  }
}

/** The notebook is for a person who follows the whole guide. */
function isNotebook(options: RunOptions): boolean {
  const { yes, step, update, review, accept, keep, bail, inPlace, reporter } = options;
  const isPlain = !yes && !step && !update && !review && !keep && !bail && !inPlace;
  return isPlain && accept.length === 0 && reporter.length === 0 && isInteractive();
}

function refuseConflicts(options: RunOptions, allDrivers: boolean, isStandalone: boolean): void {
  const { update, review, accept, watch, inPlace, step } = options;
  const writing = update
    ? "--update"
    : review
      ? "--review"
      : accept.length > 0
        ? "--accept"
        : undefined;
  if (writing && process.env.CI) {
    throw new Failure(
      "usage",
      `${writing} writes golden files, and CI is set: CI only checks them.`,
    );
  }
  if (writing && !allDrivers) {
    throw new Failure("usage", `${writing} needs all drivers to agree: leave out --driver.`);
  }
  if (review && !isInteractive()) {
    throw new Failure(
      "usage",
      "--review asks at a terminal. Without one: --accept FILE, or --update.",
    );
  }
  if (inPlace && isStandalone) {
    throw new Failure(
      "usage",
      "Standalone scripts drop tables without asking: they run in scratch databases only. Leave out --in-place.",
    );
  }
  const other = writing ?? (inPlace ? "--in-place" : step ? "--step" : undefined);
  if (watch && other) throw new Failure("usage", `--watch and ${other} do not go together.`);
}

async function acceptFor(options: RunOptions, { print, signal, interrupt }: Context) {
  const close = () => {};
  let accept: GuideChoice["accept"];
  if (options.update) accept = acceptAll;
  else if (options.accept.length > 0) accept = acceptFiles(options.accept);
  if (!options.review) return { accept, close };

  const { openKeys } = await import("../terminal/keys.ts");
  const { reviewWith } = await import("../terminal/review.ts");
  const keys = openKeys(process.stdin, interrupt);
  return { accept: reviewWith(keys, print, signal), close: keys.close };
}

/** `--keep`: the databases stay until Enter, or until there is nobody to press it. */
async function keepOpen(session: Session, drivers: readonly string[], { note, signal }: Context) {
  for (const driver of drivers) note(`${driver}:  psql '${(await session.laneOf(driver)).url}'`);
  note("The databases are kept. Press Enter to drop them.");
  await new Promise<void>((resolve) => {
    process.stdin.once("data", () => resolve()).once("end", () => resolve());
    signal.addEventListener("abort", () => resolve());
  });
  process.stdin.pause();
}
