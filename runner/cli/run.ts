import { Failure } from "../common/failure.ts";
import { guideDirectory } from "../common/project.ts";
import { harmless } from "../common/visible.ts";
import { psqlHint } from "../database/shell-lines.ts";
import type { Unavailable } from "../guide/client.ts";
import { listRuns } from "../guide/list.ts";
import { loadGuide } from "../guide/load-guide.ts";
import { selectRuns } from "../guide/select.ts";
import { refuseTakenPlaces } from "../report/report-places.ts";
import { openReporters } from "../report/reporters.ts";
import { allOutputs, summarize } from "../report/summary.ts";
import { selectClients } from "../run/select-clients.ts";
import type { Session, SessionOptions } from "../run/session.ts";
import { withSession } from "../run/with-session.ts";
import { acceptAll, acceptFiles, acceptMissing } from "../verify/accept.ts";
import { type GuideOptions, type Mode, nameOf, type Writing } from "./command-line.ts";
import type { Context } from "./context.ts";
import { type RunOptions, runGuide } from "./run-once.ts";

type Once = Extract<Mode, { kind: "once" }>;

/** `run-guide`: runs a guide in one of its modes. @returns the exit code */
export async function runCommand(
  options: GuideOptions,
  mode: Mode,
  context: Context,
): Promise<number> {
  const guide = await loadGuide(guideDirectory(options.guide));
  const selection = await selectClients(guide, options.driver, options.standalone === true);
  const { clients, standalone, unavailable } = selection;
  const { note, signal } = context;
  const { timeout } = options;
  const inPlace = false;
  const whole = { guide, clients, standalone, runs: guide.runs, timeout, inPlace, note, signal };
  switch (mode.kind) {
    case "list":
      context.print(harmless(listRuns(selectRuns(guide, mode.step).report)));
      return 0;
    case "watch":
      return watch(whole, context);
    case "notebook":
      return readAsNotebook(whole, context);
    case "once":
      return runOnce(whole, unavailable, mode, context);
  }
}

async function runOnce(
  whole: SessionOptions,
  unavailable: readonly Unavailable[],
  mode: Once,
  context: Context,
): Promise<number> {
  const { guide, clients, standalone } = whole;
  const { writing, bail, inPlace } = mode;
  const runs = selectRuns(guide, mode.step);
  if (inPlace && standalone.length > 0) {
    throw new Failure(
      "usage",
      "Standalone scripts drop tables without asking: they run in scratch databases only. Leave out --in-place.",
    );
  }
  if (inPlace && guide.tables.length === 0) {
    throw new Failure(
      "usage",
      '--in-place has to know the guide\'s tables, to leave all others alone. List them in steps/guide.json: "tables".',
    );
  }
  if (writing.kind !== "none" && !guide.drivers.every((name) => clients.includes(name))) {
    throw new Failure(
      "usage",
      `${nameOf(writing)} needs all clients to agree: leave out --driver.`,
    );
  }
  refuseTakenPlaces(mode.reporters, guide.directory);
  const reporter = await openReporters(mode.reporters, context.print);
  const { accept, close } = await acceptFor(writing, context);
  const linger = mode.keep ? (session: Session) => keepOpen(session, clients, context) : undefined;
  try {
    const options = { ...whole, runs, unavailable, inPlace, reporter, bail, accept, linger };
    const summary = await runGuide(options);
    return summary.verified ? 0 : 1;
  } finally {
    close();
  }
}

/** Ends with Ctrl-C. */
async function watch(options: SessionOptions, { print, signal }: Context): Promise<number> {
  const { guide, clients } = options;
  const { watchGuide } = await import("./watch.ts");
  const reporter = await openReporters([], print);
  const input = process.stdin;
  const write = (text: string) => print(harmless(text));
  await withSession(options, (session) =>
    watchGuide({ guide, clients, session, reporter, write, input, signal }),
  );
  return 0;
}

/** Lets a reader follow the guide at a terminal. */
async function readAsNotebook(options: SessionOptions, context: Context): Promise<number> {
  const { guide, clients, signal } = options;
  const { titleOf } = await import("../../classroom/notebook/cover.ts");
  const { openKeys } = await import("../../classroom/notebook/keys.ts");
  const { readNotebook } = await import("../../classroom/notebook/notebook.ts");
  const { openScreen } = await import("../../classroom/notebook/screen.ts");
  const screen = openScreen(context.print);
  const keys = openKeys(process.stdin, context.interrupt);
  screen.write(`${titleOf(guide)}\n`); // at once; the database takes a moment
  try {
    const judged = await withSession(options, (session) =>
      readNotebook({ guide, clients, session, keys, screen, signal }),
    );
    const isWhole = judged.length === guide.runs.length;
    const { verified } = summarize(judged, clients, 0);
    if (isWhole && verified) {
      const documented = judged.filter(({ run }) => !run.isSetup);
      context.print(`${allOutputs(documented.length)} what the guide documents.\n`);
    }
    return isWhole && verified ? 0 : 1;
  } finally {
    keys.close();
  }
}

async function acceptFor(
  writing: Writing,
  { print, signal, interrupt }: Context,
): Promise<{ accept: RunOptions["accept"]; close: () => void }> {
  const close = () => {};
  switch (writing.kind) {
    case "none":
      return { accept: undefined, close };
    case "update":
      return { accept: acceptAll, close };
    case "missing":
      return { accept: acceptMissing, close };
    case "accept":
      return { accept: acceptFiles(writing.files), close };
    case "review": {
      const { openKeys } = await import("../../classroom/notebook/keys.ts");
      const { reviewWith } = await import("../../classroom/notebook/review.ts");
      const keys = openKeys(process.stdin, interrupt);
      return { accept: reviewWith(keys, print, signal), close: keys.close };
    }
  }
}

/** `--keep`: the databases stay until Enter, or until there is nobody to press it. */
async function keepOpen(session: Session, clients: readonly string[], { note, signal }: Context) {
  for (const client of clients) {
    note(`${client}:  ${psqlHint(session.server.kind, (await session.databaseOf(client)).url)}`);
  }
  note("The databases are kept. Press Enter to drop them.");
  await new Promise<void>((resolve) => {
    process.stdin.once("data", () => resolve()).once("end", () => resolve());
    signal.addEventListener("abort", () => resolve());
  });
  process.stdin.pause();
}
