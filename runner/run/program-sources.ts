import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Metafile } from "esbuild";

/** The files that a program was compiled from, and how they were then. */
interface Sources {
  /** What it was compiled with. */
  readonly choices: string;
  readonly files: ReadonlyMap<string, string>;
}

/** By the path of the program. */
const compiled = new Map<string, Sources>();

/** A file that is saved while it is compiled may have been read before. The system's clock may be coarse. */
const UNSURE_MS = 20;

/**
 * Finds the programs that are not as their sources are now.
 * @param programs their paths, by what they are compiled from
 * @param choices what they are compiled with
 */
export function findStale<Source>(
  programs: ReadonlyMap<Source, string>,
  choices: string,
): Source[] {
  const states = new Map<string, string>();
  const stateOf = (file: string): string => {
    const known = states.get(file) ?? stateNow(file);
    states.set(file, known);
    return known;
  };
  const isFresh = (program: string): boolean => {
    const sources = compiled.get(program);
    if (sources?.choices !== choices || !existsSync(program)) return false;
    return [...sources.files].every(([file, state]) => stateOf(file) === state);
  };
  return [...programs].flatMap(([source, program]) => (isFresh(program) ? [] : [source]));
}

/**
 * Remembers what programs were compiled from.
 * @param directory where they are
 * @param began when compiling began, in milliseconds since 1970
 */
export function rememberSources(
  { inputs, outputs }: Metafile,
  directory: string,
  choices: string,
  began: number,
): void {
  for (const [output, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint === undefined) continue;
    const program = join(directory, basename(output));
    const files = new Map<string, string>();
    for (const input of importedBy(entryPoint, inputs)) {
      const file = resolve(input);
      const stat = statSync(file, { throwIfNoEntry: false });
      if (!stat) continue; // a module of Node.js
      const isSure = stat.mtimeMs < began - UNSURE_MS;
      files.set(file, isSure ? stateNow(file) : "");
    }
    compiled.set(program, { choices, files });
  }
}

/** An output names only the inputs of which it has a part. One that is empty now may not stay so. */
function importedBy(entryPoint: string, inputs: Metafile["inputs"]): ReadonlySet<string> {
  const found = new Set([entryPoint]);
  for (const input of found) {
    for (const { path, external } of inputs[input]?.imports ?? []) if (!external) found.add(path);
  }
  return found;
}

function stateNow(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? [stat.mtimeMs, stat.size, stat.ino].join() : "gone";
}
