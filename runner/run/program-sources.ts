import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { Metafile } from "esbuild";
import { stateOf } from "../common/files.ts";

/** How a program was compiled. */
interface Compiled {
  /** What it was compiled with. */
  readonly choices: string;
  readonly entryPoint: string;
  readonly inputs: Metafile["inputs"];
  /** How the files were, by their names as inputs. */
  readonly states: ReadonlyMap<string, string>;
}

/** By the path of the program. */
const compiled = new Map<string, Compiled>();

/** A file that is saved while it is compiled may have been read before. The system's clock may be coarse. */
const UNSURE_MS = 20;

/**
 * Finds the programs of which a source was changed since they were compiled.
 * @param programs their paths, by what they are compiled from
 * @param choices what they are compiled with
 */
export function findStale<Source>(
  programs: ReadonlyMap<Source, string>,
  choices: string,
): Source[] {
  const states = new Map<string, string>();
  const stateNow = (input: string): string => {
    const state = states.get(input) ?? stateOf(input);
    states.set(input, state);
    return state;
  };
  const isFresh = (program: string): boolean => {
    const known = compiled.get(program);
    if (known?.choices !== choices || !existsSync(program)) return false;
    return importedBy(known).every((input) => stateNow(input) === known.states.get(input));
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
  const states = new Map(
    Object.keys(inputs).map((input) => [input, stateOf(input, began - UNSURE_MS)]),
  );
  for (const [output, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint === undefined) continue;
    compiled.set(join(directory, basename(output)), { choices, entryPoint, inputs, states });
  }
}

/** An output names only the inputs of which it has a part. One that is empty now may not stay so. */
function importedBy({ entryPoint, inputs }: Compiled): string[] {
  const found = new Set([entryPoint]);
  for (const input of found) {
    for (const { path, external } of inputs[input]?.imports ?? []) if (!external) found.add(path);
  }
  // A module of Node.js is not a file.
  return [...found].filter((input) => !input.startsWith("builtin:"));
}
