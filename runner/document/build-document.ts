import { basename } from "node:path";
import { Failure } from "../common/failure.ts";
import { hasSecret, hideSecrets } from "../common/secrets.ts";
import { lessonOf, loadClients, type StandaloneClient } from "../guide/clients.ts";
import type { Guide, Run, Step } from "../guide/guide.ts";
import { documentedText, readStderrGolden } from "../verify/golden.ts";
import { changesBetween } from "./changes.ts";
import type {
  AgainPart,
  Chapter,
  ClientName,
  Document,
  Output,
  SharedPart,
  StepPart,
} from "./document.ts";
import { linkPrefixFor, withLinkPrefix } from "./links.ts";
import { readChapters, scriptsOf, sourceFile, stepFile } from "./sources.ts";

/** What a run printed, as the document shows it. */
export interface RunOutput {
  readonly text: string;
  /** True if each of the clients printed exactly this text, and it matches the golden file. */
  readonly verified: boolean;
  /** The names of the clients that printed it, without the drivers that the step does not use. */
  readonly clients: readonly string[];
}

/**
 * Makes the document of a guide. Reads the guide's files, and runs nothing.
 * @param outputs by the name of the run. A run that is not in it is shown as not verified
 * @param directory where the document will be, for its links to the guide's files
 * @throws Failure of kind "layout" if a file cannot be read, or a client does not exist
 */
export function buildDocument(
  guide: Guide,
  outputs: ReadonlyMap<string, RunOutput>,
  directory = guide.directory,
): Document {
  const linkPrefix = linkPrefixFor(directory, guide.directory);
  const prose = (markdown: string) => withLinkPrefix(markdown, linkPrefix);
  const before = readChapters(guide, "before.md");
  const after = readChapters(guide, "after.md");
  const toId = uniqueIds(["shared", ...guide.runs.map((run) => run.name)]);
  const chapter = ({ title, text }: Omit<Chapter, "id">): Chapter => ({
    id: toId(title),
    title,
    text: prose(text),
  });

  const all = loadClients(guide);
  const lesson = lessonOf(guide, all);
  const nameOf = clientNames(all);
  const steps = stepParts(guide, lesson, (run) => outputPart(outputs.get(run.name), nameOf));
  return {
    title: guide.title,
    linkPrefix,
    clients: [...guide.drivers, ...lesson.map(({ name }) => name)].map(nameOf),
    introduction: prose(before.introduction),
    before: before.chapters.map(chapter),
    steps: steps.map((step) => ({ ...step, prose: prose(step.prose) })),
    shared: lesson.length > 0 ? sharedPart(guide, nameOf) : undefined,
    // Without a heading, this text would belong to the last step.
    after: [
      ...(after.introduction ? [chapter({ title: "Afterwards", text: after.introduction })] : []),
      ...after.chapters.map(chapter),
    ],
  };
}

/** Each step at its first run, with the runs of earlier steps that come before the next one. */
function stepParts(
  guide: Guide,
  lesson: readonly StandaloneClient[],
  outputOf: (run: Run) => Output,
): StepPart[] {
  const steps: (StepPart & { readonly again: AgainPart[] })[] = [];
  const last = new Map<Step, Output>();
  const shown = new Set<string>();
  for (const run of guide.runs) {
    const output = outputOf(run);
    const { name: step, title, prose } = run.step;
    const program = run.step.program?.join(" ") ?? "npx tsx";
    const file = lesson.length > 0 ? `${step}.ts` : `steps/${basename(run.step.file)}`;
    const stderr = readStderrGolden(guide.directory, run);
    const part = {
      ...{ id: run.name, step, title, command: `${program} ${file}`, output },
      stderr: stderr ? hideSecrets(documentedText(stderr)) : "",
      exitCode: run.exitCode ?? 0,
    };
    if (run.after) {
      const before = last.get(run.step);
      const isKnown = before && before.clients.length > 0 && output.clients.length > 0;
      const changes = isKnown ? changesBetween(before.text, output.text) : undefined;
      steps.at(-1)?.again.push({ ...part, after: run.after.name, changes });
    } else {
      steps.push({ ...part, prose, scripts: scriptsOf(guide, run.step, lesson, shown), again: [] });
    }
    last.set(run.step, output);
  }
  return steps;
}

function outputPart(output: RunOutput | undefined, nameOf: (client: string) => ClientName): Output {
  const { text = "", verified = false, clients = [] } = output ?? {};
  return { text, verified, clients: clients.map(nameOf) };
}

function sharedPart(guide: Guide, nameOf: (client: string) => ClientName): SharedPart | undefined {
  const drivers = guide.drivers.flatMap((name) => {
    const source = sourceFile(guide, `drivers/${name}.ts`);
    return source ? [{ ...source, client: nameOf(name) }] : [];
  });
  // A guide elsewhere uses this project's drivers, and has no such files.
  if (drivers.length === 0) return undefined;
  return { id: "shared", steps: guide.steps.map(stepFile), drivers };
}

/** Names a driver and a library's scripts alike: `pg` has the label of `standalone/pg`. */
function clientNames(clients: readonly StandaloneClient[]): (name: string) => ClientName {
  const labels = new Map(clients.map(({ name, label }) => [name, label]));
  return (name) => ({ name, title: labels.get(name) ?? labels.get(`standalone/${name}`) ?? name });
}

/** nbformat allows 64 characters for a cell's id, and a number may follow. */
const LONGEST_ID = 56;

/**
 * Makes ids from titles, for one document: letters, digits, `-` and `_`.
 * @param taken ids that are already in use
 */
export function uniqueIds(taken: Iterable<string> = []): (title: string) => string {
  const used = new Set(taken);
  return (title) => {
    const words = title.normalize("NFKD").match(/[a-zA-Z0-9_]+/g) ?? ["part"];
    const base = words.join("-").toLowerCase().slice(0, LONGEST_ID);
    let id = base;
    for (let number = 2; used.has(id); number++) id = `${base}-${number}`;
    used.add(id);
    return id;
  };
}

/**
 * Makes sure that a document shows what was run.
 * @param before the same document, made before the guide ran
 * @throws Failure of kind "layout" that names the first file that was saved since
 */
export function refuseChangedSources(document: Document, before: Document): void {
  const old = sourcesOf(before);
  for (const [file, text] of sourcesOf(document)) {
    const last = old.get(file);
    if (last === text) continue;
    throw new Failure("layout", `${file} changed while the guide ran. Run it again.`);
  }
}

/** @throws Failure of kind "layout" if the guide itself has the password of the reader's server in it, perhaps as a word */
export function refuseSecrets(document: Document): void {
  const { title, introduction, before, steps, after } = document;
  const texts = new Map([
    ...sourcesOf(document),
    ["steps/guide.json", title],
    ["steps/before.md", JSON.stringify([introduction, before])],
    ["steps/after.md", JSON.stringify(after)],
    ...steps.map((step) => [`The text of ${step.step}`, `${step.title}\n${step.prose}`] as const),
  ]);
  for (const [file, text] of texts) {
    if (!hasSecret(text)) continue;
    throw new Failure(
      "layout",
      `${file} contains your server's password, perhaps by chance: the document would show it. Export it with the embedded server, or with another password.`,
    );
  }
}

/** What a run depends on: the order of the runs, and the text of each file. */
function sourcesOf({ steps, shared }: Document): Map<string, string> {
  const order = steps.flatMap(({ id, again }) => [id, ...again.map((one) => one.id)]);
  const files = [
    ...steps.flatMap(({ scripts }) => scripts.flatMap((script) => [script, ...script.imports])),
    ...(shared ? [...shared.steps, ...shared.drivers] : []),
  ];
  return new Map([
    ["steps/guide.json", order.join()],
    ...files.map(({ file, code }): [string, string] => [file, code]),
  ]);
}
