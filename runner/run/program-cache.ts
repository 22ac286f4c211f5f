import { randomBytes } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { digestOf } from "../common/digest.ts";
import { messageOf } from "../common/failure.ts";

/** Programs, and what they were made from. */
export interface Compiled {
  /** Absolute paths on which the programs depend: files, directories, links, and what is absent. */
  readonly inputs: readonly string[];
  readonly outputs: Outputs;
}

/** Contents by file name. */
export type Outputs = ReadonlyMap<string, Uint8Array>;

/** Programs that wait in a directory for the next run. */
export interface Kept {
  readonly directory: string;
  readonly outputs: Outputs;
}

/** A file that is replaced as a whole, beside the directory that it names. */
interface Manifest {
  readonly directory: string;
  /** States of files, by path. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Digests of contents, by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

const DIRECTORIES_KEPT = 16;

/** Programs are read or loaded within a moment: no run misses a directory that is older. */
const MOMENT_MS = 60_000;

/** Some file systems tell the time of a change in steps of two seconds. */
const COARSEST_CLOCK_MS = 2000;

/** The manifest of the programs that are made from these entry points. */
export function manifestOf(root: string, entryPoints: readonly string[]): string {
  return join(root, "programs", `${digestOf(entryPoints.join("\n")).slice(0, 16)}.json`);
}

/**
 * Finds the programs of a manifest. They are whole, and no file that they were made from was touched
 * since, and none appeared that would be taken instead; otherwise there are none.
 */
export function takePrograms(manifestFile: string): Kept | undefined {
  try {
    const manifest: Manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
    for (const [file, state] of Object.entries(manifest.inputs)) {
      if (stateOf(file) !== state) return undefined;
    }
    const { directory } = manifest;
    const outputs = new Map<string, Uint8Array>();
    for (const [name, digest] of Object.entries(manifest.outputs)) {
      const content = readFileSync(join(directory, name));
      if (digestOf(content) !== digest) return undefined;
      outputs.set(name, content);
    }
    const now = new Date();
    utimesSync(directory, now, now);
    return { directory, outputs };
  } catch {
    return undefined;
  }
}

/**
 * Keeps programs for the next run.
 * @param started when the compiler began to read, in milliseconds since 1970
 * @returns undefined where they cannot be written
 */
export function keepPrograms(
  manifestFile: string,
  { inputs, outputs }: Compiled,
  started: number,
): Kept | undefined {
  const directory = `${manifestFile.replace(/\.json$/, "")}.${randomBytes(4).toString("hex")}`;
  const draft = join(directory, "manifest.json");
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const [name, content] of outputs) writeFileSync(join(directory, name), content);
    const digests = [...outputs].map(([name, content]) => [name, digestOf(content)]);
    const states = inputs.map((file) => [file, stateOf(file, started)]);
    const manifest: Manifest = {
      directory,
      inputs: Object.fromEntries(states),
      outputs: Object.fromEntries(digests),
    };
    writeFileSync(draft, JSON.stringify(manifest));
    renameSync(draft, manifestFile);
    forgetUnused(dirname(manifestFile));
    return { directory, outputs };
  } catch {
    discard(directory);
    return undefined;
  }
}

/**
 * The same as long as nobody touches the file, what is in the directory, or what the link means.
 * @param read a time at which it was read. One that may have changed since has a state that never
 *   returns
 */
function stateOf(path: string, read = Number.POSITIVE_INFINITY): string {
  try {
    const link = lstatSync(path, { throwIfNoEntry: false });
    if (!link?.isSymbolicLink()) return touched(link, read);
    return `${touched(link, read)}, ${touched(statSync(path, { throwIfNoEntry: false }), read)}`;
  } catch (error) {
    return messageOf(error); // a file in a directory's place, a link to itself
  }
}

function touched(stat: Stats | undefined, read: number): string {
  if (!stat) return "absent";
  const { ino, size, mtimeMs, ctimeMs } = stat;
  const isOld = ctimeMs < read - COARSEST_CLOCK_MS;
  return isOld ? `${ino} ${size} ${mtimeMs} ${ctimeMs}` : "too young";
}

function discard(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // a file stands where the programs should be
  }
}

function forgetUnused(parent: string): void {
  const unused = readdirSync(parent)
    .filter((name) => !name.endsWith(".json"))
    .map((name) => ({ path: join(parent, name), time: statSync(join(parent, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time)
    .slice(DIRECTORIES_KEPT)
    .filter(({ time }) => time < Date.now() - MOMENT_MS);
  for (const { path } of unused) rmSync(path, { recursive: true, force: true });
}
