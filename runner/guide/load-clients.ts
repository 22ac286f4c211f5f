import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure, hasCode } from "../common/failure.ts";
import type { Folder, StandaloneClient } from "./client.ts";
import type { Guide, Step } from "./guide.ts";
import { readRuntime } from "./read-runtime.ts";

/** A script does the work of a step: 04-delete.ts, or 04-delete.callbacks.ts for a variant. */
const scriptName = /^(?<step>\d+-[\w-]+)(?:\.(?<variant>[a-z]+))?\.(?<ending>[a-z]+)$/;

interface Script {
  readonly file: string;
  readonly step: string;
  readonly variant: string | undefined;
  readonly ending: string;
}

/**
 * Reads the folders below `standalone/` in a guide's directory, and checks both ways that they are
 * whole: every step has its script, and every script its step.
 * @returns a client for each folder, and one more for each variant: it does with other scripts what
 *   the folder's client does, wherever it has one
 * @throws Failure of kind "layout"
 */
export function loadClients({
  directory,
  steps,
}: Pick<Guide, "directory" | "steps">): StandaloneClient[] {
  return directoriesIn(join(directory, "standalone")).flatMap((name) =>
    loadFolder(join(directory, "standalone", name), name, steps),
  );
}

/**
 * The clients whose scripts the documents show.
 * @throws Failure of kind "layout" where guide.json names one that is not there
 */
export function lessonOf(
  { directory, lesson }: Guide,
  clients: readonly StandaloneClient[],
): StandaloneClient[] {
  const file = join(directory, "steps", "guide.json");
  return lesson.map(
    (name) =>
      clients.find((client) => client.name === `standalone/${name}`) ??
      fail(`${file}: "lesson" names ${name}, but standalone/${name} is not there.`),
  );
}

function loadFolder(directory: string, name: string, steps: readonly Step[]): StandaloneClient[] {
  const { label = name, runtime } = readRuntime(join(directory, "standalone.json"));
  const scripts = readScripts(directory);
  for (const { file, step } of scripts) {
    if (steps.some((one) => one.name === step)) continue;
    fail(`${file} does the work of no step. Rename it like a step, or remove it.`);
  }
  const folder: Folder = { directory, files: scripts.map(({ file }) => file), runtime };
  const ending = runtime.kind === "typescript" ? "ts" : (scripts[0]?.ending ?? "txt");

  const scriptOf = (step: Step, variant: string | undefined): string => {
    const ofStep = scripts.filter((script) => script.step === step.name);
    const own = ofStep.find((script) => script.variant === variant);
    const found = own ?? ofStep.find((script) => script.variant === undefined);
    if (found?.ending === ending) return found.file;
    fail(`${join(directory, `${step.name}.${ending}`)} is not there. Every step has a script.`);
  };
  const variants = new Set(scripts.flatMap(({ variant }) => variant ?? []));
  return [undefined, ...variants].map((variant) => ({
    name: `standalone/${name}${variant ? `.${variant}` : ""}`,
    label: variant ? `${label} with ${variant}` : label,
    folder,
    scripts: new Map(steps.map((step) => [step, scriptOf(step, variant)])),
  }));
}

function readScripts(directory: string): Script[] {
  return readdirSync(directory)
    .sort()
    .flatMap((fileName) => {
      const { step, variant, ending } = scriptName.exec(fileName)?.groups ?? {};
      if (step && ending) return [{ file: join(directory, fileName), step, variant, ending }];
      if (/^\d/.test(fileName)) {
        fail(`A script is named like its step: rename ${join(directory, fileName)}.`);
      }
      return [];
    });
}

function directoriesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    fail(`${directory} cannot be read. It must be a directory that you may read.`);
  }
}

function fail(message: string): never {
  throw new Failure("layout", message);
}
