import { basename, join } from "node:path";
import type { StandaloneClient } from "../guide/client.ts";
import type { Guide, Run, Step } from "../guide/guide.ts";
import { lessonOf, loadClients } from "../guide/load-clients.ts";
import { changesBetween } from "./changes.ts";
import { splitChapters } from "./chapters.ts";
import { clientNames } from "./client-names.ts";
import type {
  AgainPart,
  Chapter,
  ClientName,
  Document,
  Output,
  SharedPart,
  StepPart,
} from "./document.ts";
import { uniqueIds } from "./ids.ts";
import { scriptsOf, sourceFile, stepFile } from "./scripts.ts";
import { readText } from "./text-files.ts";

type NameOf = (client: string) => ClientName;

/** What a run printed, as the document shows it. */
export interface RunOutput {
  readonly text: string;
  /** True where each of the clients printed this very text, and it is the golden file's. */
  readonly verified: boolean;
  /** The names of the clients that printed it. */
  readonly clients: readonly string[];
}

/**
 * Makes the document of a guide. Reads `steps/before.md` and `steps/after.md`, where the guide has
 * them, its standalone scripts, and the files of its drivers. Runs nothing.
 * @param outputs by the name of the run. A run without one is shown without, as not verified
 * @throws Failure of kind "layout" where a file cannot be read, or a client is not there
 */
export function buildDocument(guide: Guide, outputs: ReadonlyMap<string, RunOutput>): Document {
  const before = readChapters(guide, "before.md");
  const after = readChapters(guide, "after.md");

  const toId = uniqueIds(["shared", ...guide.runs.map((run) => run.name)]);
  const withId = (chapter: Omit<Chapter, "id">) => ({ id: toId(chapter.title), ...chapter });
  const all = loadClients(guide);
  const lesson = lessonOf(guide, all);
  const nameOf = clientNames(all);
  const outputOf = (run: Run) => outputs.get(run.name);
  const steps = placeSteps(guide, lesson, outputOf, nameOf);
  return {
    title: guide.title,
    clients: [...guide.drivers, ...lesson.map(({ name }) => name)].map(nameOf),
    introduction: before.introduction,
    before: before.chapters.map(withId),
    steps,
    shared: lesson.length > 0 ? sharedPart(guide, nameOf) : undefined,
    // What stands before its first heading would otherwise belong to the last step.
    after: [
      ...(after.introduction ? [withId({ title: "Afterwards", text: after.introduction })] : []),
      ...after.chapters.map(withId),
    ],
  };
}

function readChapters(guide: Guide, name: string) {
  return splitChapters(readText(join(guide.directory, "steps", name)) ?? "");
}

/** Each step at its first run, with the re-runs that come before the next step. */
function placeSteps(
  guide: Guide,
  lesson: readonly StandaloneClient[],
  outputOf: (run: Run) => RunOutput | undefined,
  nameOf: NameOf,
): StepPart[] {
  const steps: (StepPart & { readonly again: AgainPart[] })[] = [];
  const printed = new Map<Step, string | undefined>();
  const shown = new Set<string>();

  for (const run of guide.runs) {
    const output = outputOf(run);
    const { name: step, title, prose } = run.step;
    const program = run.step.program?.join(" ") ?? "npx tsx";
    const file = lesson.length > 0 ? `${step}.ts` : `steps/${basename(run.step.file)}`;
    const command = `${program} ${file}`;
    const part = { id: run.name, step, title, command, output: outputPart(output, nameOf) };
    if (run.after) {
      const last = printed.get(run.step);
      const isKnown = output !== undefined && last !== undefined;
      const changes = isKnown ? changesBetween(last, output.text) : undefined;
      steps.at(-1)?.again.push({ ...part, after: run.after.name, changes });
    } else {
      const scripts = scriptsOf(guide, run.step, lesson, shown);
      steps.push({ ...part, prose, scripts, again: [] });
    }
    printed.set(run.step, output?.text);
  }
  return steps;
}

function outputPart(output: RunOutput | undefined, nameOf: NameOf): Output {
  const { text = "", verified = false, clients = [] } = output ?? {};
  return { text, verified: verified && clients.length > 0, clients: clients.map(nameOf) };
}

/** Where the steps are shown as scripts of their own, this is what the drivers run. */
function sharedPart(guide: Guide, nameOf: NameOf): SharedPart | undefined {
  const drivers = guide.drivers.flatMap((name) => {
    const source = sourceFile(guide, `drivers/${name}.ts`);
    return source ? [{ ...source, client: nameOf(name) }] : [];
  });
  // A guide elsewhere has the drivers of this project, and no files of theirs to show.
  if (drivers.length === 0) return undefined;
  return { id: "shared", steps: guide.steps.map(stepFile), drivers };
}
