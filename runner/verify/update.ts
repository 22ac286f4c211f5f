import { mkdirSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Failure, messageOf } from "../common/failure.ts";
import { replaceFile } from "../common/files.ts";
import { hasSecret } from "../common/secrets.ts";
import { readGolden, refuseChanged } from "./golden.ts";
import { type JudgedRun, judgeRun } from "./judge.ts";
import { markVaryingText, newContent } from "./new-content.ts";
import { replacePageLines } from "./page-lines.ts";

/** Picks the runs whose golden files are written. */
type Accept = (runs: readonly JudgedRun[]) => Promise<ReadonlySet<JudgedRun>>;

/** `--update`: accepts every change on which all clients agree. */
export const acceptAll: Accept = async (runs) => new Set(runs.filter(isUpdatable));

/** `new golden`: accepts what all clients agree on where there is no golden file yet. */
export const acceptMissing: Accept = async (runs) =>
  new Set(runs.filter((run) => run.verdict === "missing"));

/**
 * `--accept FILE`: accepts the changes of these golden files.
 * @throws Failure of kind "usage" for a file without a proposed change. Then nothing is written
 */
export function acceptFiles(files: readonly string[]): Accept {
  return async (runs) => {
    const accepted = new Set<JudgedRun>();
    for (const file of files) {
      const run = runs.find(({ golden }) => golden.name === file || isSame(golden.file, file));
      if (!run || !isUpdatable(run)) throw new Failure("usage", refusal(file, run));
      accepted.add(run);
    }
    return accepted;
  };
}

/** True if the golden file can be written: all clients succeeded, and agree. */
export function isUpdatable({ verdict, clients }: JudgedRun): boolean {
  const isChange = verdict === "drift" || verdict === "missing";
  return isChange && clients.every(({ outcome }) => outcome.kind === "finished");
}

/**
 * Writes what the clients printed into the golden file. Its markers stay where they can.
 * @param directory the guide's
 * @returns the run, judged again by the file as it is now
 * @throws Failure of kind "layout" where the file cannot be written, or changed since it was judged
 */
export async function updateGoldenFile(judged: JudgedRun, directory: string): Promise<JudgedRun> {
  const { golden, run, note } = judged;
  const outcomes = judged.clients.map(({ client, outcome }) => [client, outcome] as const);
  const files = outcomes.flatMap(([, one]) => (one.kind === "finished" ? [one.stdoutFile] : []));
  const [first] = files;
  if (!isUpdatable(judged) || first === undefined) return judged;

  refuseChanged([golden]);
  try {
    mkdirSync(dirname(golden.file), { recursive: true });
    const marked = note === undefined ? undefined : markVaryingText(files);
    const content = marked ?? (await newContent(golden, first));
    if (hasSecret(content.toString("utf8"))) return { ...judged, note: secretNote(golden.name) };
    if (run.inPage?.kind === "lines") {
      const inPage = replacePageLines(run.inPage, content);
      if (!inPage) return { ...judged, note: fenceNote(golden.name) };
      const now = { ...run, inPage };
      return { ...(await judgeRun(now, readGolden(directory, now), outcomes)), isUpdated: true };
    }
    replaceFile(golden.file, content);
  } catch (error) {
    throw new Failure("layout", `${golden.file} cannot be written. ${messageOf(error)}`);
  }
  return { ...(await judgeRun(run, readGolden(directory, run), outcomes)), isUpdated: true, note };
}

function fenceNote(name: string): string {
  return `${name} is not written: a line of the output would close its fence. Use a longer fence.`;
}

function secretNote(name: string): string {
  return `${name} is not written: the output has the password of your server in it. Print it without.`;
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
  const reason = run ? because[run.verdict] : "no run of this guide uses it";
  return `There is nothing to accept for ${file}: ${reason}. Nothing was written.`;
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return one === resolve(other);
  }
}
