import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { sep } from "node:path";
import type { Failed, Finished, Outcome } from "../../guide/outcome.ts";
import type { Place } from "../../run/session.ts";
import { isGoldenText } from "../../verify/golden.ts";
import { asShown } from "../../verify/page-lines.ts";
import type { CommandRun, Guess, Page, PageRun, ProgramCommand } from "../page.ts";
import { namesDatabase, SHOWS_DATABASE } from "./connection.ts";

/** Keeps what commands printed, for an output that a page shows below several of them. */
export function outputJoiner() {
  const printed = new Map<string, string>();
  return (
    outcome: Finished | Failed,
    { above }: CommandRun,
    client: string,
    name: string,
    { golden }: Place,
  ): Finished | Failed => {
    const own = readFileSync(outcome.stdoutFile, "utf8");
    const keyOf = (run: string) => `${run} ${client}`;
    printed.set(keyOf(name), own);
    if (above.length === 0 || outcome.kind === "failed") return outcome;
    const known = [...above.flatMap((one) => printed.get(keyOf(one)) ?? []), own];
    if (known.length <= above.length) {
      return { ...outcome, unverified: "the commands above it were not run again." };
    }
    const all = known.join("");
    const documented = golden?.bytes.toString("utf8");
    writeFileSync(outcome.stdoutFile, all);
    // An author may only show what one of them prints: nothing says what the others do.
    if (all === documented || !known.includes(documented ?? "")) return outcome;
    return { ...outcome, unverified: "it is the output of only one of the commands." };
  };
}

/** A server that is ready prints what it has to say in less. */
export const SERVER_LIMIT_MS = 5000;

/** A terminal also shows what goes to stderr, and so does an output that was copied from one. */
export function asInTerminal(
  outcome: Finished | Failed,
  run: CommandRun,
  { golden, directory }: Place,
  isStrict: boolean,
): Finished | Failed {
  const documented = golden?.bytes.toString("utf8") ?? "";
  if (outcome.kind === "failed" || isStrict || outcome.stderr === "") return outcome;
  const own = readFileSync(outcome.stdoutFile, "utf8");
  if (documented === "" || own === documented) return outcome;
  // A reader has the files in another directory. Node.js puts its pid into a warning: it is never the same.
  const local = outcome.stderr.replaceAll(`${realpathSync(directory)}${sep}`, "");
  const shown = [outcome.stderr, local, splitStderr(local).own]
    .flatMap((stderr) => [`${own}${stderr}`, `${stderr}\n${own}`])
    .map((text) => asShown(Buffer.from(text)).toString("utf8"));
  const { volatile } = run;
  const isDocumented = (text: string) => {
    const left = volatile ? withoutVariation(text, documented, volatile) : text;
    return golden !== undefined && isGoldenText(golden, left);
  };
  if (!shown.some(isDocumented)) {
    // The report says which line of stderr differs only if it has them.
    const printed = new Set(own.split("\n"));
    const errors = new Set(local.split("\n").filter((line) => !printed.has(line)));
    const hasError = documented.split("\n").some((line) => errors.has(line));
    const isSame = (one: string, other: string) =>
      one === other ||
      (volatile !== undefined && without(one, volatile) === without(other, volatile));
    const mixed = mergedLike(documented, own, local, isSame);
    if (hasError) writeFileSync(outcome.stdoutFile, asShown(Buffer.from(mixed)));
    return isDocumented(mixed) ? { ...outcome, unverified: MIXED } : outcome;
  }
  writeFileSync(outcome.stdoutFile, documented);
  return { ...outcome, note: "The output is stdout and stderr together, as in a terminal." };
}

const MIXED = "it has stdout and stderr by turns, and the run does not know their order.";

const without = (text: string, pattern: RegExp) => text.replace(pattern, "");

/** Puts the lines of stdout and stderr together, in the order in which a page has them. Each keeps its own order. */
function mergedLike(
  documented: string,
  stdout: string,
  stderr: string,
  isSame: (one: string, other: string) => boolean,
): string {
  const [wanted = [], ...streams] = [documented, stdout, stderr].map((text) =>
    text.replace(/\n$/, "").split("\n"),
  );
  const has = (lines: readonly string[], line: string) => lines.some((one) => isSame(one, line));
  if (!streams.every((lines) => wanted.some((line) => has(lines, line)))) return stdout + stderr;
  const merged: string[] = [];
  for (const [at, line] of wanted.entries()) {
    const isNext = (lines: readonly string[]) => has(lines.slice(0, 1), line);
    const from = streams.find(isNext) ?? streams.find((lines) => has(lines, line));
    // A line that the run has not stands for one that the page has not.
    const rest = wanted.slice(at);
    const instead = streams.find(([next]) => next !== undefined && !has(rest, next));
    const count = from ? from.findIndex((one) => isSame(one, line)) + 1 : 1;
    merged.push(...((from ?? instead)?.splice(0, count) ?? []));
  }
  return `${[...merged, ...streams.flat()].join("\n")}\n`;
}

/** What a program wrote itself, and the warnings of Node.js: they can be long, and above what says why it failed. */
function splitStderr(stderr: string): { own: string; warnings: string } {
  const withHint = /^\(node:\d+\) (?:.|\n)*?\n\(Use `[^\n]*\n?/m;
  const warnings: string[] = [];
  const take = (text: string) => {
    warnings.push(text);
    return "";
  };
  const own = stderr.replace(withHint, take).replace(/^\(node:\d+\) .*\n?/gm, take);
  return { own, warnings: warnings.join("") };
}

/** True for a program that is likely to listen on a port, and not to end. */
export function isServer({ file }: ProgramCommand, source: string): boolean {
  const code =
    /\.listen\(|\bDeno\.serve\(|\bBun\.serve\(|\bapp\.run\(|\buvicorn\.run\(|\.serve_forever\(/;
  return /(^|\/)server\.\w+$/.test(file) || code.test(source);
}

/** What does not end says nothing about a page that has a server, or says how a reader ends it. */
export function whenEnded(
  outcome: Finished | Failed,
  isEndless: boolean,
  { bytes }: Page,
): Finished | Failed {
  if (outcome.kind === "finished" || outcome.reason.kind !== "timed out") return outcome;
  if (isEndless || /\bctrl(?:<\/?kbd>|[^\w\n])*c\b/i.test(bytes.toString("utf8"))) {
    return { ...outcome, kind: "finished", unverified: "it did not end and was stopped." };
  }
  return { ...outcome, reason: { ...outcome.reason, isUnannounced: true } };
}

/** A program that asks may print something else, or fail: nothing is typed. */
export function asksForInput(source: string): Guess | undefined {
  const code =
    /\bprocess\.stdin\.(?!isTTY)|\binput:\s*(?:process\.)?stdin\b|\bsys\.stdin\b|(?<![.\w])input\(["'fr)]|\bgetpass\(|["'](?:inquirer|prompts|enquirer|readline-sync|@inquirer\/[\w-]+|@clack\/prompts)["']/;
  return code.test(source)
    ? { reason: "it asks for input, and gets none.", mayFail: true }
    : undefined;
}

/** What is written to stderr is shown; with `--strict`, it counts. */
export function strictly(outcome: Finished | Failed, { options }: Page): Finished | Failed {
  const { own: unlike, warnings } = splitStderr(outcome.stderr);
  const own = unlike.trim();
  const [first = "", ...more] = (own || outcome.stderr.trim()).split("\n");
  if (outcome.kind === "failed") {
    const isMixed = own !== "" && warnings !== "";
    return isMixed ? { ...outcome, stderr: `${own}\n${warnings}` } : outcome;
  }
  if (first === "") return outcome;
  const note = `It wrote to stderr: ${first}${more.length > 0 ? " …" : ""}`;
  if (!options.strict) return { ...outcome, note };
  return {
    ...outcome,
    kind: "failed",
    reason: { kind: "other", text: "wrote to stderr (--strict)" },
  };
}

/**
 * Where nothing says for certain that the page shows what a command prints, only what agrees counts. What depends on a
 * command that is not run says nothing about the page, also where it fails.
 */
export function doubted(
  outcome: Outcome,
  { doubt, isSetup }: CommandRun,
  guess: Guess | undefined,
  { golden }: Place,
): Outcome {
  if (outcome.kind === "skipped") return outcome;
  if (doubt !== undefined && !isSetup) return { ...outcome, kind: "finished", unverified: doubt };
  if (!guess || (outcome.kind === "failed" && !guess.mayFail)) return outcome;
  const printed = readFileSync(outcome.stdoutFile, "utf8");
  const agrees = golden === undefined || isGoldenText(golden, printed);
  if (outcome.kind === "finished" && agrees) return outcome;
  return { ...outcome, kind: "finished", unverified: guess.reason };
}

/** A page cannot show the scratch database, or the directory, in which its program runs. */
export function showsPlace({ stdoutFile }: Finished | Failed, place: Place): Guess | undefined {
  const printed = readFileSync(stdoutFile, "utf8");
  if (namesDatabase(printed, place.environment)) return { reason: SHOWS_DATABASE, mayFail: false };
  const isHere = printed.includes(realpathSync(place.directory));
  return isHere
    ? { reason: "it prints the directory that it runs in.", mayFail: false }
    : undefined;
}

/** @param unverified why it was not run: a sentence */
export function notFollowed(unverified: string, { outputFile }: Place): Finished {
  writeFileSync(outputFile, "", { mode: 0o600 });
  return {
    kind: "finished",
    duration: 0,
    stdoutFile: outputFile,
    stderr: "",
    exitCode: 0,
    unverified,
  };
}

/** What the author says about a run: what varies in its output, and that it only prepares. */
export function settled(outcome: Outcome, run: PageRun, { golden }: Place): Outcome {
  const { isSetup, volatile } = run;
  if (outcome.kind !== "finished") return outcome;
  const { unverified, ...known } = outcome;
  if (isSetup && unverified !== undefined) {
    const text = `setup failed: ${unverified.replace(/\.$/, "")}`;
    return { ...known, kind: "failed", reason: { kind: "other", text } };
  }
  if (!volatile || !golden) return outcome;
  // The author has said what varies: all else must be the same.
  const { mayVary, ...finished } = known;
  const documented = golden.bytes.toString("utf8");
  const output = readFileSync(finished.stdoutFile, "utf8");
  writeFileSync(finished.stdoutFile, withoutVariation(output, documented, volatile));
  return finished;
}

/**
 * Puts the documented text in the place of what varies, in the order in which it comes. What is left
 * differs from the page by more than chance.
 * @param pattern with the flag g, which matches no empty text
 * @returns `documented` itself if nothing else differs
 */
function withoutVariation(printed: string, documented: string, pattern: RegExp): string {
  const known = documented.match(pattern) ?? [];
  let index = 0;
  return printed.replace(pattern, (found) => known[index++] ?? found);
}
