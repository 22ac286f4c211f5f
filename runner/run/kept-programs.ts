import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isRecord } from "../common/json.ts";
import { keepText, mayHaveChanged } from "../common/keep-text.ts";
import { digestOf, readKept } from "../common/kept-texts.ts";
import { withParents } from "../common/paths.ts";
import { project } from "../common/project.ts";
import { isTexts } from "../guide/json.ts";
import { findCacheDirectory } from "../workspace/cache-directory.ts";
import type { Sources } from "./program-sources.ts";

/** Code, and its source map as JSON. */
export interface Text {
  readonly code: string;
  readonly map: string;
}

/** Files that were compiled together. */
export interface Compiled {
  /** Their texts, by names that are relative to where programs go. */
  readonly files: ReadonlyMap<string, Text>;
  /** Absolute paths of what they were compiled from. */
  readonly inputs: readonly string[];
  readonly needs?: Needs | undefined;
}

/** What else has to be in place. */
export interface Needs {
  /** By which it is kept. */
  readonly key: string;
  /** Of its files that are named: they change with what is in them. */
  readonly names: readonly string[];
}

/** What is in its place. */
export interface Placed {
  /** Of its files, in their order. */
  readonly names: readonly string[];
  /** Absolute paths of what it, and what it needs, were compiled from. */
  readonly inputs: readonly string[];
}

/** How something was compiled. */
export interface Compilation {
  /** Digests of the sources that this process read for the compiler, by their absolute paths. */
  readonly read: Map<string, string>;
  /** When it began, in milliseconds since 1970. */
  readonly began: number;
}

export type KeptPrograms = ReturnType<typeof openKeptPrograms>;

/** Files, of up to 500 kB. */
const MOST_KEPT = 400;

/** What this process has put into place, by where and by which key, and how its inputs were. */
const placed = new Map<
  string,
  Placed & Pick<Compiled, "needs"> & { readonly state: string | undefined }
>();

/**
 * Opens the cache of the programs of earlier runs. To compile them takes a sixth of a short run's processor time.
 * @param directory where programs go
 */
export function openKeptPrograms(directory: string, sources: Sources) {
  const cache = isElsewhere() ? undefined : findCacheDirectory();
  const keptAs = (key: string) =>
    join(cache ?? "", "programs", digestOf(`${project}\n${key}`).slice(0, 32));
  const placeOf = (key: string) => `${directory}\n${key}`;
  const needed = new Map<string, Placed>();

  function place(key: string, { files, inputs, needs }: Compiled, state: string | undefined): void {
    for (const [name, { code, map }] of files) {
      const file = join(directory, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.map`, map);
      writeFileSync(file, code);
    }
    placed.set(placeOf(key), { names: [...files.keys()], inputs, needs, state });
  }

  /**
   * Puts into place what is kept by a key, if to compile it now would give the same.
   * @returns undefined if it is to be compiled
   */
  function restore(key: string): Placed | undefined {
    if (!cache) return undefined;
    const now = stillPlaced(key) ?? placeKept(key);
    if (now?.needs === undefined) return now;
    const others = restoreNeeded(now.needs.key);
    // Another program may have been compiled with newer ones.
    if (!others || !now.needs.names.every((name) => others.names.includes(name))) return undefined;
    return { names: now.names, inputs: [...now.inputs, ...others.inputs] };
  }

  /** Most programs need the same. */
  function restoreNeeded(key: string): Placed | undefined {
    const found = needed.get(key) ?? restore(key);
    if (found) needed.set(key, found);
    return found;
  }

  function stillPlaced(key: string) {
    const last = placed.get(placeOf(key));
    if (last?.state === undefined || last.state !== sources.stateOf(last.inputs)) return undefined;
    return last.names.every((name) => existsSync(join(directory, name))) ? last : undefined;
  }

  function placeKept(key: string): (Placed & Pick<Compiled, "needs">) | undefined {
    const { head, text } = readKept(keptAs(key)) ?? {};
    const needs = head?.needs;
    if (needs !== undefined && !isNeeds(needs)) return undefined;
    if (!head || !text || !Array.isArray(head.inputs) || !Array.isArray(head.files)) {
      return undefined;
    }
    const inputs = head.inputs.map(String);
    const state = sources.stateOf(inputs);
    if (head.state !== state) return undefined;
    const texts = text.toString("utf8").split(BORDER);
    const files = head.files.map((name, index): [string, Text] => [
      String(name),
      { code: texts[2 * index] ?? "", map: texts[2 * index + 1] ?? "" },
    ]);
    place(key, { files: new Map(files), inputs, needs }, state);
    return placed.get(placeOf(key));
  }

  /** @returns the state in which it was kept; undefined if it was not */
  function keep(key: string, compiled: Compiled, { read, began }: Compilation): string | undefined {
    if (!cache) return undefined;
    const { files, inputs, needs } = compiled;
    for (const [file, digest] of read) sources.wasRead(file, digest);
    const isUnsure = (file: string) =>
      !sources.texts.has(file) && !read.has(file) && mayHaveChanged(file, began);
    if (inputs.some(isUnsure)) return undefined;
    const state = sources.stateOf(inputs);
    const text = [...files.values()].flatMap(({ code, map }) => [code, map]).join(BORDER);
    try {
      keepText(keptAs(key), { inputs, state, needs, files: [...files.keys()] }, text, MOST_KEPT);
      return state;
    } catch {
      return undefined; // a full disk: the next run compiles it again
    }
  }

  return {
    restore,
    /** Puts into place what was compiled. @param compilation set if it is to be kept for the next run */
    place: (key: string, compiled: Compiled, compilation: Compilation | undefined): void =>
      place(key, compiled, compilation && keep(key, compiled, compilation)),
  };
}

function isNeeds(value: unknown): value is Needs {
  return isRecord(value) && typeof value.key === "string" && isTexts(value.names);
}

/** Between texts: no program that esbuild writes has it in it, and no JSON. */
const BORDER = "\0\n";

/** True where the compiler may find packages in other places than node_modules. */
function isElsewhere(): boolean {
  const tables = [".pnp.cjs", ".pnp.js", ".pnp.data.json"]; // Yarn's, for the working directory
  const places = withParents(process.cwd());
  const hasTable = places.some((place) => tables.some((name) => existsSync(join(place, name))));
  return hasTable || Boolean(process.env.NODE_PATH);
}
