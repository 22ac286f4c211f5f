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
  /** Digests of the contents that were compiled, by absolute path; empty for a file that is absent. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: Outputs;
}

/** Contents by file name. */
export type Outputs = ReadonlyMap<string, Uint8Array>;

interface Manifest {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

const ENTRIES_KEPT = 16;

/** The directory for the programs of these entry points, whatever is in them at the moment. */
export function cacheEntry(root: string, entryPoints: readonly string[]): string {
  return join(root, "programs", digestOf(entryPoints.join("\n")).slice(0, 16));
}

/**
 * Reads an entry's programs. They are whole, and every file that they were made from has the same
 * content as then; otherwise there are none.
 */
export function takeCompiled(entry: string): Outputs | undefined {
  try {
    const manifest: Manifest = JSON.parse(readFileSync(join(entry, "manifest.json"), "utf8"));
    for (const [file, digest] of Object.entries(manifest.inputs)) {
      if (digestOfFile(file) !== digest) return undefined;
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
 * @returns false where they cannot be written
 */
export function keepCompiled(entry: string, { inputs, outputs }: Compiled): boolean {
  const draft = `${entry}.${randomBytes(4).toString("hex")}`;
  const digests = [...outputs].map(([name, content]) => [name, digestOf(content)]);
  const manifest: Manifest = {
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(digests),
  };
  try {
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

/** @returns the empty string for a file that is not there */
export function digestOfFile(file: string): string {
  try {
    return digestOf(readFileSync(file));
  } catch {
    return "";
  }
}

/** Programs are read as a whole before they run, so nobody misses an entry that goes. */
function forgetUnused(directory: string): void {
  const entries = readdirSync(directory).map((name) => join(directory, name));
  const times = new Map(entries.map((entry) => [entry, statSync(entry).mtimeMs]));
  entries.sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
  for (const entry of entries.slice(ENTRIES_KEPT)) rmSync(entry, { recursive: true, force: true });
}
