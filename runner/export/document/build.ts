import { join } from "node:path";
import type { Guide, Run, Step } from "../../guide/guide.ts";
import { callsIn } from "./calls.ts";
import { changesBetween } from "./changes.ts";
import { splitChapters } from "./chapters.ts";
import type { AgainPart, Chapter, Document, Output, RunPart, StepPart } from "./document.ts";
import { driverName, readText } from "./driver-files.ts";
import { connectionSources, sharedSource, statementSources } from "./driver-sources.ts";
import { uniqueIds } from "./ids.ts";

/** What a run printed, as the document shows it. */
export interface RunOutput {
  readonly text: string;
  /** True where each of the drivers printed this very text, and it is the golden file's. */
  readonly verified: boolean;
  /** The names of the drivers that printed it. */
  readonly drivers: readonly string[];
}

/**
 * Makes the document of a guide. Reads `steps/before.md` and `steps/after.md`, where the guide has
 * them, and the files of its drivers. Runs nothing.
 * @param outputs by the name of the run. A run without one is shown without, as not verified
 * @throws Failure of kind "layout" where a file is there and cannot be read
 */
export function buildDocument(guide: Guide, outputs: ReadonlyMap<string, RunOutput>): Document {
  const before = readChapters(guide, "before.md");
  const after = readChapters(guide, "after.md");

  const toId = uniqueIds(["connect", ...guide.runs.map((run) => run.name)]);
  const withId = (chapter: Omit<Chapter, "id">) => ({ id: toId(chapter.title), ...chapter });
  return {
    title: guide.title,
    drivers: guide.drivers.map(driverName),
    introduction: before.introduction,
    before: before.chapters.map(withId),
    connection: connectionSources(guide),
    steps: placeSteps(guide, outputs),
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
function placeSteps(guide: Guide, outputs: ReadonlyMap<string, RunOutput>): StepPart[] {
  const steps: (StepPart & { readonly again: AgainPart[] })[] = [];
  const printed = new Map<Step, string | undefined>();

  for (const run of guide.runs) {
    const output = outputs.get(run.name);
    const part = runPart(guide, run, output);
    if (run.after) {
      const last = printed.get(run.step);
      const isKnown = output !== undefined && last !== undefined;
      const changes = isKnown ? changesBetween(last, output.text) : undefined;
      steps.at(-1)?.again.push({ ...part, after: run.after.name, changes });
    } else {
      steps.push({ ...part, ...stepDetails(guide, run), again: [] });
    }
    printed.set(run.step, output?.text);
  }
  return steps;
}

function runPart(guide: Guide, run: Run, output: RunOutput | undefined): RunPart {
  const { name, title, code } = run.step;
  const file = `steps/${name}.ts`;
  const command = `npx tsx ${file}`;
  return {
    id: run.name,
    step: name,
    title,
    file,
    code,
    command,
    commands: guide.drivers.map((driver) => ({
      driver: driverName(driver),
      command: `${command} --driver ${driver}`,
    })),
    output: outputPart(output),
  };
}

function outputPart(output: RunOutput | undefined): Output {
  const { text = "", verified = false, drivers = [] } = output ?? {};
  return { text, verified: verified && drivers.length > 0, drivers: drivers.map(driverName) };
}

function stepDetails(guide: Guide, { step }: Run) {
  const calls = callsIn(step.code);
  return {
    prose: step.prose,
    calls,
    shared: sharedSource(guide, calls),
    sources: calls.length > 0 ? statementSources(guide) : [],
  };
}
