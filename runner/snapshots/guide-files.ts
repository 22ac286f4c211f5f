import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { attempt } from "../common/failure.ts";
import { digestOf, stateOf } from "../common/kept-texts.ts";
import type { Run } from "../guide/guide.ts";
import type { SessionOptions } from "../run/session.ts";

/** What is large, what editors and Python write for themselves, and what no step reads. */
const ignored = /^(node_modules|venv|__pycache__|\..*|.*~)$/;
const ignoredAtTop = /^(expected|exercises)$/;

type Options = Pick<SessionOptions, "guide" | "standalone" | "clients">;

/**
 * Identifies the guide's files that any step may read, without reading them. Those that belong to one step
 * are left out: see `sourceOf`.
 */
export function contentOfFiles({ guide, standalone, clients }: Options): string {
  const own = new Set([
    ...guide.steps.map(({ file }) => file),
    ...standalone.flatMap(({ scripts }) => [...scripts.values()]),
  ]);
  const folders = new Set(
    clients.flatMap((name) => /^standalone\/([^.]+)/.exec(name)?.slice(1) ?? []),
  );
  const lines: string[] = [];

  function read(directory: string, isRead: (name: string) => boolean): void {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const { name } = entry;
      const path = join(directory, name);
      if (ignored.test(name) || !isRead(name) || own.has(path)) continue;
      const inside = relative(guide.directory, path).split(sep).join("/");
      if (entry.isDirectory()) {
        read(path, inside === "standalone" ? (folder) => folders.has(folder) : () => true);
      } else if (!/^steps\/[^/]*\.md$/.test(inside)) {
        lines.push(`${inside} ${existsSync(path) ? stateOf(path) : "leads nowhere"}`);
      }
    }
  }

  read(guide.directory, (name) => !ignoredAtTop.test(name));
  return digestOf(lines.join("\n"));
}

/** Reads the file that a client runs for a step. Empty if it is not a file. */
export function sourceOf({ standalone }: Options, { step }: Run, client: string): string {
  const file = standalone.find(({ name }) => name === client)?.scripts.get(step) ?? step.file;
  return attempt(() => readFileSync(file, "utf8"), "");
}
