import { createHash, randomBytes } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Programs, and what they were made from. */
export interface Compiled {
  /** Absolute paths of all files on which the programs depend, those too that are not there. */
  readonly inputs: readonly string[];
  readonly outputs: Outputs;
}

/** Contents by file name. */
export type Outputs = ReadonlyMap<string, Uint8Array>;

interface Manifest {
  /** States of files, by path. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Digests of contents, by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

const ENTRIES_KEPT = 16;

/** Some file systems tell the time of a change in steps of two seconds. */
const COARSEST_CLOCK_MS = 2000;

/** The directory for the programs of these entry points, whatever is in them at the moment. */
export function cacheEntry(root: string, entryPoints: readonly string[]): string {
  return join(root, "programs", digestOf(entryPoints.join("\n")).slice(0, 16));
}

/**
 * Reads an entry's programs. They are whole, and no file that they were made from was touched since;
 * otherwise there are none.
 */
export function takeCompiled(entry: string): Outputs | undefined {
  try {
    const manifest: Manifest = JSON.parse(readFileSync(join(entry, "manifest.json"), "utf8"));
    for (const [file, state] of Object.entries(manifest.inputs)) {
      if (stateOf(file) !== state) return undefined;
    }
    const outputs = new Map<string, Uint8Array>();
    for (const [name, digest] of Object.entries(manifest.outputs)) {
      const content = readFileSync(join(entry, name));
      if (digestOf(content) !== digest) return undefined;
      outputs.set(name, content);
    }
    const now = new Date();
    utimesSync(entry, now, now);
    return outputs;
  } catch {
    return undefined;
  }
}

/**
 * Keeps programs for the next run.
 * @param started when the compiler began to read, in milliseconds since 1970
 * @returns false where they cannot be written
 */
export function keepCompiled(
  entry: string,
  { inputs, outputs }: Compiled,
  started: number,
): boolean {
  const draft = `${entry}.${randomBytes(4).toString("hex")}`;
  try {
    const states = inputs.map((file) => [file, stateOf(file, started)]);
    const digests = [...outputs].map(([name, content]) => [name, digestOf(content)]);
    const manifest: Manifest = {
      inputs: Object.fromEntries(states),
      outputs: Object.fromEntries(digests),
    };
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    for (const [name, content] of outputs) writeFileSync(join(draft, name), content);
    writeFileSync(join(draft, "manifest.json"), JSON.stringify(manifest));
    rmSync(entry, { recursive: true, force: true });
    renameSync(draft, entry);
    forgetUnused(dirname(entry));
    return true;
  } catch {
    rmSync(draft, { recursive: true, force: true });
    return false;
  }
}

export function digestOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * The same as long as nobody touches the file.
 * @param read a time at which the file was read: a state that may be younger is like no other
 */
function stateOf(file: string, read = Number.POSITIVE_INFINITY): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return "absent";
  const { ino, size, mtimeMs, ctimeMs } = stat;
  const isOld = ctimeMs < read - COARSEST_CLOCK_MS;
  return isOld ? `${ino} ${size} ${mtimeMs} ${ctimeMs}` : "too young";
}

/** Programs are read as a whole before they run, so nobody misses an entry that goes. */
function forgetUnused(directory: string): void {
  const entries = readdirSync(directory).map((name) => join(directory, name));
  const times = new Map(entries.map((entry) => [entry, statSync(entry).mtimeMs]));
  entries.sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
  for (const entry of entries.slice(ENTRIES_KEPT)) rmSync(entry, { recursive: true, force: true });
}
