import { join, relative, resolve } from "node:path";
import { readRegularFile } from "../common/read-files.ts";
import type { Guide, Run } from "../guide/guide.ts";
import type { Outcome } from "../guide/outcome.ts";
import type { Golden } from "../verify/golden.ts";
import type { JudgedRun } from "../verify/judge.ts";

const isStandalone = (client: string) => client.startsWith("standalone/");

/**
 * Says what to do next about a run that does not match. Empty if there is nothing to do.
 * @param fileOf the file or folder that a client ran, as a reader finds it
 */
export function adviceFor(
  guide: Guide,
  { run, golden, verdict, clients, effects }: JudgedRun,
  fileOf = (client: string) => sourceOf(guide, run, client),
): string {
  const names = clients.map(({ client }) => client);
  const choice = names.every(isStandalone) ? names.map((name) => ` --driver ${name}`) : [];
  const update = `${guide.command} --update${choice.join("")}`;
  const skipped = clients.filter(({ outcome }) => outcome.kind === "skipped");
  const wrong = clients.filter(({ diff }) => diff !== "").map(({ client }) => client);
  switch (verdict) {
    case "drift": {
      if (skipped.length > 0) {
        const others = list(skipped.map(({ client }) => client));
        return `${list(wrong)} did not print what ${golden.name} says: look at ${list(wrong.map(fileOf))}. First find out why ${others} was skipped.`;
      }
      const isLaidOut = guide.page?.options.strict && guide.page.runs.get(run.name)?.kind === "sql";
      const strict = isLaidOut ? " With --strict, the layout must be psql's, too." : "";
      const [authors] = clients.flatMap(({ outcome }) =>
        outcome.kind === "finished" ? (outcome.authors ?? []) : [],
      );
      const first =
        authors === undefined ? ":" : `, put "${authors.trim()}" outside of it, and then:`;
      return `All clients agree. If the new output is right${first} ${update}. If not, look at ${list(names.map(fileOf))}.${strict}`;
    }
    case "divergence": {
      if (run.inPage?.kind === "none") return "";
      if (effects?.kind === "different") {
        return `The outputs match, but the effects differ. ${effects.text}.`;
      }
      if (effects) return `The effects could not be compared. ${effects.text}.`;
      const isOwn = (client: string) => isStandalone(client) || guide.page;
      const files = wrong.map((client) => (isOwn(client) ? fileOf(client) : "drivers/"));
      const varies = guide.page
        ? `write ${directive(guide.page.file, "volatile PATTERN")} in the line before the output: ${golden.name}`
        : `mark it with [..] in ${golden.name}`;
      return `The clients disagree. ${list(wrong)} did not print what is documented: look at ${list(files)}. If the text varies from run to run, ${varies}.`;
    }
    case "error": {
      // Not the step alone: without the steps before it, its table does not exist.
      const failed = clients.find(({ outcome }) => outcome.kind === "failed");
      const reason = failed?.outcome.kind === "failed" ? failed.outcome.reason : undefined;
      if (run.step.program && reason?.kind === "not started") {
        return 'Install it, or change "programs" in steps/guide.json.';
      }
      const step = run.isSetup ? "" : ` --step ${run.step.number}`;
      const look = `For a closer look: ${guide.command}${step} --driver ${failed?.client}`;
      return `${look}${exitAdvice(guide, golden, failed?.outcome)}${sharedAdvice(clients)}`;
    }
    case "missing":
      return `${golden.name} ${golden.lack}. Write it: ${update}`;
    case "match":
    case "unverified":
    case "skipped":
      return "";
  }
}

/** What an author writes on a page whose command fails by design. One that crashes is not, unless the page shows it. */
function exitAdvice({ page }: Guide, golden: Golden, outcome: Outcome | undefined): string {
  if (!page || outcome?.kind !== "failed") return "";
  const { reason, exitCode, stderr } = outcome;
  if (reason.kind !== "exited" || reason.wanted !== 0) return "";
  const isCrash = (text: string) => /^\s+at |^Traceback/m.test(text);
  const isMeant = isCrash(golden.bytes.toString("utf8"));
  if (isCrash(stderr) && !isMeant) return "";
  return `. If it is meant to fail: write ${directive(page.file, `exit ${exitCode}`)} in the line before the command`;
}

/** How a server says that a name is taken, also in the same moment. */
const taken =
  /\b(?:database|role) ".+" already exists|\bpg_(?:database|authid)_\w+_index\b|source database ".+" is being accessed/;

/** Only for a guide on a given server: elsewhere, no client meets what another one has made. */
function sharedAdvice(clients: JudgedRun["clients"]): string {
  const isTaken = clients.some(
    ({ outcome }) => outcome.kind === "failed" && taken.test(outcome.stderr),
  );
  return isTaken && clients.length > 1
    ? ". One client has made it for all on this server. Choose one with --driver. Without DATABASE_URL, each has a server of its own"
    : "";
}

/** A directive as an author writes it on this page. */
function directive(file: string, text: string): string {
  return file.endsWith(".mdx") ? `{/* guide: ${text} */}` : `<!-- guide: ${text} -->`;
}

/** Statements, and the methods of libraries, that write. */
const writing = /\b(insert|update|delete|create|drop|alter|truncate|merge)\b/i;

/**
 * Says to a reader, not to the author, where to look after an output that is not the documented one. A step
 * that only reads shows what the last step that wrote has left.
 * @param fileOf the file that a client runs, relative to the working directory
 */
export function readersAdvice(
  guide: Guide,
  judged: JudgedRun,
  fileOf: (run: Run, client: string) => string,
): string {
  const { run, clients } = judged;
  if (clients.some(({ outcome }) => outcome.kind === "skipped")) {
    return adviceFor(guide, judged, (client) => fileOf(run, client));
  }
  const filesOf = (one: Run) => clients.map(({ client }) => fileOf(one, client));
  const writes = (one: Run) =>
    filesOf(one).some((file) => writing.test(`${readRegularFile(resolve(file)) ?? ""}`));
  const writer = guide.runs.slice(0, run.index + 1).findLast(writes) ?? run;
  const said = "Its output differs from the guide's.";
  if (writer === run) return `${said} Look at ${list(filesOf(run))}.`;
  return `${said} ${run.step.name} only reads. Look at what wrote before it: ${list(filesOf(writer))}.`;
}

function list(words: readonly string[]): string {
  return [...new Set(words)].join(" and ");
}

/** The step's file; for a standalone client, the folder of its script. */
function sourceOf({ directory }: Guide, { step }: Run, client: string): string {
  const file = isStandalone(client) ? join(directory, client.replace(/\..*/, "")) : step.file;
  return relative(process.cwd(), file);
}
