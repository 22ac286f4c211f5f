import { existsSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import { packageOf, usedNames } from "../../common/imports.ts";
import { project } from "../../common/project.ts";
import type { Unavailable } from "../../guide/clients.ts";
import type { Guide } from "../../guide/guide.ts";
import { directoryWith, succeeds } from "../../run/installed.ts";
import type { ClientRun, Page } from "../page.ts";

/** What a client of a page runs its files with. */
export interface PagePrograms {
  /** An interpreter that has the modules which the files import. Empty if it is yet to be made. */
  readonly python: string;
  /** The node_modules that has the packages which the files import; undefined if they import none. */
  readonly modules: string | undefined;
}

type FoundPrograms = PagePrograms | Unavailable;

/** What was found for a page: it takes the start of an interpreter, and is asked for again and again. */
const found = new WeakMap<Page, Map<string, Promise<FoundPrograms>>>();

/** Finds what a client of a page needs on this machine. Nothing is installed. */
export function findPrograms(guide: Guide, page: Page, client: string): Promise<FoundPrograms> {
  const ofPage = found.get(page) ?? new Map<string, Promise<FoundPrograms>>();
  found.set(page, ofPage);
  const programs = ofPage.get(client) ?? search(guide, page, client);
  ofPage.set(client, programs);
  return programs;
}

async function search(guide: Guide, page: Page, client: string): Promise<FoundPrograms> {
  const runs = [...page.runs.values()].flatMap((run) =>
    run.kind === "command" ? (run.clients.get(client) ?? []) : [],
  );
  const sources = sourcesOf(runs);
  const outside = importOutside(sources);
  if (outside) {
    const needs = `${outside}, which the page does not show. Show it there`;
    return { client, needs, install: "" };
  }
  const prepares = runs.at(-1)?.preparation ?? [];
  const installs = prepares
    .filter((line) => /\s(?:install|add|i)\s+[^-\s]/.test(line))
    .join(" && ");
  const used = new Set(runs.map(({ command }) => command.program));
  const modules = pythonModules(sources);
  const packages = nodePackages(sources);
  const { project: wanted, install } = page.options;
  if (install) return { python: "", modules: undefined };
  const places = [...(wanted === undefined ? [] : [resolve(wanted)]), guide.directory];
  const python = used.has("python") ? await findPython(places, modules) : "";
  if (python === undefined) {
    const lacking: string[] = [];
    for (const name of modules) if (!(await imports("python3", [name]))) lacking.push(name);
    const needs = `a Python with ${lacking.join(", ") || "its standard library"}`;
    return { client, needs, install: installs || `pip install ${lacking.join(" ")}` };
  }
  const modulesDirectory = [...places, project]
    .map((start) => packages.map((name) => directoryWith(name, start)))
    .find((places) => places.every((place) => place !== undefined && place === places[0]));
  if (!modulesDirectory) {
    const names = packages.join(" ");
    return { client, needs: `the packages ${names}`, install: installs || `npm install ${names}` };
  }
  const [place] = modulesDirectory;
  return { python, modules: place === undefined ? undefined : join(place, "node_modules") };
}

/** A file, with its path. */
type Source = readonly [path: string, text: string];

/** All files that a client's commands run with: a later version may import less. */
function sourcesOf(runs: readonly ClientRun[]): Source[] {
  const all = runs.flatMap(({ files }) => [...files()]);
  return [...new Map(all.map((source) => [source.join("\0"), source])).values()];
}

async function findPython(
  directories: readonly string[],
  modules: readonly string[],
): Promise<string | undefined> {
  const own = directories.flatMap((directory) =>
    [".venv", "venv"].flatMap((name) => [
      join(directory, name, "bin", "python"),
      join(directory, name, "Scripts", "python.exe"),
    ]),
  );
  for (const file of [...own.filter(existsSync), "python3", "python", "/usr/bin/python3"]) {
    if (await imports(file, modules)) return file;
  }
  return undefined;
}

function imports(python: string, modules: readonly string[]): Promise<boolean> {
  return succeeds(python, ["-c", ["pass", ...modules.map((name) => `import ${name}`)].join("\n")]);
}

/** The modules that Python files import, other than the page's own. */
function pythonModules(sources: readonly Source[]): string[] {
  const own = new Set(sources.flatMap(([path]) => path.replace(/\.py$/, "").split("/")));
  const one = /[\w.]+(?:[ \t]+as[ \t]+\w+)?/.source;
  const imports = new RegExp(
    `^[ \\t]*(?:from[ \\t]+([\\w.]+)[ \\t]+import\\b|import[ \\t]+(${one}(?:[ \\t]*,[ \\t]*${one})*)[ \\t\\r]*(?:[;#].*)?$)`,
    "gm",
  );
  const names = sources.flatMap(([path, source]) =>
    path.endsWith(".py")
      ? [...source.matchAll(imports)].flatMap(([, from, list]) =>
          (from ?? list ?? "").split(",").map((one) => /\w+/.exec(one)?.[0] ?? ""),
        )
      : [],
  );
  return [...new Set(names)].filter((name) => name !== "" && !own.has(name)).sort();
}

/** What JavaScript and TypeScript files import, and from where. */
function importsOf(sources: readonly Source[]): [path: string, name: string][] {
  return sources.flatMap(([path, source]) => {
    if (!/\.[cm]?[jt]sx?$/.test(path)) return [];
    return usedNames(source).map((name): [string, string] => [path, name]);
  });
}

/** The first import that leads out of the client's directory. */
function importOutside(sources: readonly Source[]): string | undefined {
  const isOutside = ([path, name]: readonly [string, string]) =>
    /^\.\.?\//.test(name) && posix.join(posix.dirname(path), name).startsWith("../");
  return importsOf(sources).find(isOutside)?.[1];
}

/** The packages that JavaScript and TypeScript files import. */
function nodePackages(sources: readonly Source[]): string[] {
  return [...new Set(importsOf(sources).flatMap(([, name]) => packageOf(name) ?? []))].sort();
}
