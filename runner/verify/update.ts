import { realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Failure, messageOf } from "../common/failure.ts";
import { hasSecret } from "../common/secrets.ts";
import { makeDirectories, replaceFile } from "../common/write-files.ts";
import { type Run, stderrFile } from "../guide/guide.ts";
import type { Outcome } from "../guide/outcome.ts";
import { GOLDEN_LIMIT, type Golden, readGolden, refuseChanged } from "./golden.ts";
import { type JudgedRun, judgeRun, type StderrDrift } from "./judge.ts";
import { markVaryingText, newContent, sentencesGone } from "./new-content.ts";
import { replacePageLines } from "./page-lines.ts";

/** Picks the runs whose golden files are written. */
export type Accept = (runs: readonly JudgedRun[]) => Promise<ReadonlySet<JudgedRun>>;

/** `--update`: accepts every change on which all clients agree. */
export const acceptAll: Accept = async (runs) => new Set(runs.filter(isUpdatable));

/** `new golden`: writes a golden file where there is none yet, or an empty one, and all clients agree. */
export const acceptMissing: Accept = async (runs) =>
  new Set(runs.filter(({ verdict, golden }) => verdict === "missing" && golden.bytes.length === 0));

/**
 * `--accept FILE`: accepts the changes of these golden files.
 * @throws Failure of kind "usage" for a file without a proposed change. Then nothing is written
 */
export function acceptFiles(files: readonly string[]): Accept {
  return async (runs) => {
    const accepted = new Set<JudgedRun>();
    for (const file of files) {
      const run = runs.find((one) => goldensOf(one).some((golden) => isNamed(golden, file)));
      const isProposed = run && isUpdatable(run) && isNamed(run.stderr?.golden ?? run.golden, file);
      if (!isProposed) throw new Failure("usage", refusal(file, run));
      accepted.add(run);
    }
    return accepted;
  };
}

/** True if a golden file can be written: all clients did what is documented otherwise, and agree. */
export function isUpdatable({ verdict, clients, stderr }: JudgedRun): boolean {
  if (stderr) return true;
  const isChange = verdict === "drift" || verdict === "missing";
  return isChange && clients.every(({ outcome }) => outcome.kind === "finished");
}

/**
 * Writes what the clients printed into the golden file, or what they wrote to stderr if that differs. Markers
 * stay where they can.
 * @param directory the guide's
 * @returns the run, judged again by the file as it is now
 * @throws Failure of kind "layout" where the file cannot be written, or changed since it was judged
 */
export async function updateGoldenFile(judged: JudgedRun, directory: string): Promise<JudgedRun> {
  const { golden, run, note, stderr } = judged;
  if (stderr) return updateStderr(judged, stderr, directory);
  const outcomes = judged.clients.map(({ client, outcome }) => [client, outcome] as const);
  const files = outcomes.flatMap(([, one]) => (one.kind === "finished" ? [one.stdoutFile] : []));
  const [first] = files;
  if (!isUpdatable(judged) || first === undefined) return judged;
  const authors = outcomes.flatMap(([, one]) => (one.kind === "finished" && one.authors) || []);
  if (authors[0] !== undefined) return { ...judged, note: lossNote(golden.name, authors[0]) };

  if (isTooLarge(first)) return { ...judged, note: sizeNote(golden.name) };
  const marked = note === undefined ? undefined : markVaryingText(files);
  const content = marked ?? (await newContent(golden, first));
  const written = writeGolden(run, golden, content);
  if ("refused" in written) return { ...judged, note: written.refused };
  const now = await judgeRun(written.run, readGolden(directory, written.run), outcomes);
  return { ...now, updatedFile: golden.file, note: note ?? (await goneNote(judged, content)) };
}

const MOST_NAMED = 3;

/** On a page, a sentence among what a command prints may be the author's. */
async function goneNote({ run, golden }: JudgedRun, content: Buffer): Promise<string | undefined> {
  if (run.inPage?.kind !== "lines") return undefined;
  const gone = await sentencesGone(golden.bytes.toString("utf8"), content.toString("utf8"));
  if (gone.length === 0) return undefined;
  const shown = gone.slice(0, MOST_NAMED).join(" · ");
  const more = gone.length > MOST_NAMED ? " · …" : "";
  return `Removed from the page, because nothing printed it: ${shown}${more}`;
}

async function updateStderr(
  judged: JudgedRun,
  { golden, file }: StderrDrift,
  directory: string,
): Promise<JudgedRun> {
  if (isTooLarge(file)) return { ...judged, note: sizeNote(golden.name) };
  const written = writeGolden(judged.run, golden, await newContent(golden, file));
  if ("refused" in written) return { ...judged, note: written.refused };
  const { run, clients } = judged;
  const outcomes = clients.map(({ client, outcome }) => [client, asFinished(outcome)] as const);
  const now = await judgeRun(run, readGolden(directory, run), outcomes);
  if (now.verdict === "match") return { ...now, updatedFile: golden.file };
  const note = `Wrote ${golden.name}. What the run prints to stdout changed too: run again.`;
  return { ...now, note };
}

/** A run of which stderr was the only fault. */
function asFinished(outcome: Outcome): Outcome {
  if (outcome.kind !== "failed") return outcome;
  const { duration, stdoutFile, stderr, exitCode } = outcome;
  return { kind: "finished", duration, stdoutFile, stderr, exitCode };
}

/** @returns the run, of which the output may be in other lines of its page now; or why it was not written */
function writeGolden(
  run: Run,
  golden: Golden,
  content: Buffer,
): { readonly run: Run } | { readonly refused: string } {
  refuseChanged([golden]);
  if (hasSecret(content.toString("utf8"))) return { refused: secretNote(golden.name) };
  try {
    if ((statSync(golden.file, { throwIfNoEntry: false })?.nlink ?? 1) > 1) {
      const why =
        "it is a hard link, and its other name would keep the old text. Put a copy in its place";
      return { refused: `${golden.name} is not written: ${why}.` };
    }
    if (run.inPage?.kind === "lines") {
      const inPage = replacePageLines(run.inPage, content);
      return "refused" in inPage
        ? { refused: `${golden.name} is not written: ${inPage.refused}` }
        : { run: { ...run, inPage } };
    }
    makeDirectories(dirname(golden.file));
    replaceFile(golden.file, content);
    return { run };
  } catch (error) {
    throw new Failure("layout", `${golden.file} cannot be written. ${messageOf(error)}`);
  }
}

const isTooLarge = (file: string) => statSync(file).size > GOLDEN_LIMIT;

function sizeNote(name: string): string {
  const limit = GOLDEN_LIMIT / 1024 ** 2;
  return `${name} is not written: the output is larger than ${limit} MiB. Print less.`;
}

function lossNote(name: string, line: string): string {
  return `${name} is not written: "${line.trim()}" is not printed, and would be lost. Put it outside of the output.`;
}

function secretNote(name: string): string {
  return `${name} is not written: the output contains your server's password. Do not print it.`;
}

function refusal(file: string, run: JudgedRun | undefined): string {
  const skipped = run?.clients.some(({ outcome }) => outcome.kind === "skipped");
  const because: Partial<Record<JudgedRun["verdict"], string>> = {
    ...(skipped && { drift: "a client was skipped" }),
    match: "it matches already",
    divergence: "the clients disagree on it",
    error: "a client failed",
    skipped: "its run was skipped",
  };
  const isOther = run && !isNamed(run.golden, file) && run.verdict !== "error";
  const reason = run ? because[isOther ? "match" : run.verdict] : "no run of this guide uses it";
  return `There is nothing to accept for ${file}: ${reason}. Nothing was written.`;
}

/** The golden files of a run, those that need not exist, too. */
function goldensOf({ run, golden, stderr }: JudgedRun): Pick<Golden, "name" | "file">[] {
  const name = stderrFile(run);
  const file = join(dirname(dirname(golden.file)), name);
  return [golden, stderr?.golden ?? { name, file }];
}

function isNamed({ name, file }: Pick<Golden, "name" | "file">, wanted: string): boolean {
  return name === wanted || isSame(file, wanted);
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return one === resolve(other);
  }
}
