import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Metafile } from "esbuild";
import { keepText, mayHaveChanged } from "../common/keep-text.ts";
import { digestOf, readKept } from "../common/kept-texts.ts";
import { withParents } from "../common/paths.ts";
import { project } from "../common/project.ts";
import { findCacheDirectory } from "../workspace/cache-directory.ts";
import { type Bundled, type Sources, sourceFinder } from "./program-sources.ts";

/** A program, and its source map next to it. */
export interface Program {
  /** Absolute path of what it was compiled from. */
  readonly source: string;
  /** Where it is to be. */
  readonly file: string;
  readonly code: string;
  readonly map: string;
}

/** How programs were compiled. */
export interface Compilation {
  readonly inputs: Metafile["inputs"];
  readonly packages?: Bundled;
  /** Digests of the sources that this process read for the compiler, by their absolute paths. */
  readonly read: ReadonlyMap<string, string>;
  /** When it began, in milliseconds since 1970. */
  readonly began: number;
}

/** Programs of earlier runs. To compile them takes a sixth of a short run's processor time. */
export interface KeptPrograms {
  /** Puts a program in its place, if compiling it now would give the same. @returns false if not */
  restore(source: string, file: string): boolean;
  keep(programs: readonly Program[], compilation: Compilation): void;
}

/** Files, of some 400 kB. */
const MOST_KEPT = 400;

/** Between a program and its source map, which is JSON, and so cannot have it. */
const BORDER = "\0";

/**
 * The programs that this process has put in their places, by their paths: what they were compiled from; and for one that
 * is in the cache, its file there, and the state of its inputs.
 */
const placed = new Map<string, { inputs: readonly string[]; kept?: string; state?: string }>();

/** @returns absolute paths; none for what is not a compiled program */
export function sourcesOf(program: string): readonly string[] {
  return placed.get(program)?.inputs ?? [];
}

/**
 * Opens the cache of programs that were compiled with the same choices.
 * @param choices what else a program depends on
 */
export function openKeptPrograms(choices: string, sources: Sources): KeptPrograms {
  const cache = isElsewhere() ? undefined : findCacheDirectory();
  if (!cache) return { restore: () => false, keep: () => {} };
  const directory = join(cache, "programs");
  const keptFor = (source: string) =>
    join(directory, digestOf([project, choices, source].join("\n")).slice(0, 32));

  return {
    restore(source, file) {
      const kept = keptFor(source);
      const last = placed.get(file);
      if (last?.kept === kept && last.state === sources.stateOf(last.inputs) && existsSync(file)) {
        return true;
      }
      const { head, text } = readKept(kept) ?? {};
      const inputs = Array.isArray(head?.inputs) ? head.inputs.map(String) : [];
      const state = sources.stateOf(inputs);
      if (!text || head?.state !== state) return false;
      const border = text.lastIndexOf(BORDER);
      writeProgram(
        { file, code: text.subarray(0, border), map: text.subarray(border + 1) },
        inputs,
      );
      placed.set(file, { kept, inputs, state });
      return true;
    },

    keep(programs, { inputs: all, packages, read, began }) {
      for (const [file, digest] of read) sources.wasRead(file, digest);
      const isUnsure = (file: string) =>
        !sources.texts.has(file) && !read.has(file) && mayHaveChanged(file, began);
      const find = sourceFinder(all, packages);
      try {
        for (const { source, file, code, map } of programs) {
          const inputs = find(source);
          if (!inputs || inputs.some(isUnsure)) continue;
          const [kept, state] = [keptFor(source), sources.stateOf(inputs)];
          keepText(kept, { inputs, state }, code + BORDER + map, MOST_KEPT);
          placed.set(file, { kept, inputs, state });
        }
      } catch {
        // a full disk: the next run compiles them again
      }
    },
  };
}

/** True where the compiler may find packages in other places than node_modules. */
function isElsewhere(): boolean {
  const tables = [".pnp.cjs", ".pnp.js", ".pnp.data.json"]; // Yarn's, for the working directory
  const places = withParents(process.cwd());
  const hasTable = places.some((place) => tables.some((name) => existsSync(join(place, name))));
  return hasTable || Boolean(process.env.NODE_PATH);
}

/**
 * Puts a program in its place.
 * @param program its texts, or their bytes
 * @param inputs absolute paths of what it was compiled from
 */
export function writeProgram(
  {
    file,
    code,
    map,
  }: {
    readonly file: string;
    readonly code: string | Uint8Array;
    readonly map: string | Uint8Array;
  },
  inputs: readonly string[],
): void {
  placed.set(file, { inputs });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.map`, map);
  writeFileSync(file, code);
}
