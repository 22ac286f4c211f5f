import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { project } from "../common/project.ts";
import type { Unavailable } from "../guide/clients.ts";
import type { Guide } from "../guide/guide.ts";
import { neutralEnvironment } from "../run/step-environment.ts";
import type { Page } from "./page.ts";

/** What a client of a page runs its files with. */
export interface PagePrograms {
  /** An interpreter that has the modules which the files import. */
  readonly python: string;
  /** A directory with a node_modules that has the packages which the files import. */
  readonly modules: string;
}

export type FoundPrograms =
  | { readonly kind: "found"; readonly programs: PagePrograms }
  | { readonly kind: "unavailable"; readonly unavailable: Unavailable };

const CHECK_LIMIT_MS = 20_000;

/** Finds what a client of a page needs on this machine. Nothing is installed. */
export async function findPrograms(
  guide: Guide,
  page: Page,
  client: string,
): Promise<FoundPrograms> {
  const runs = [...page.runs.values()].flatMap((run) => (run.kind === "command" ? [run] : []));
  const sources = new Map(runs.flatMap(({ files }) => [...(files.get(client) ?? [])]));
  const used = new Set(runs.map(({ command }) => command.program));
  const modules = pythonModules(sources);
  const packages = nodePackages(sources);
  const python = used.has("python") ? await findPython(guide.directory, modules) : "";
  if (python === undefined) {
    const needs = `a Python with ${modules.join(", ") || "its standard library"}`;
    return missing(client, needs, `pip install ${modules.join(" ")}`);
  }
  const places = [guide.directory, project];
  const directory = places.find((one) => packages.every((name) => hasPackage(one, name)));
  if (directory === undefined) {
    const names = packages.join(" ");
    return missing(client, `the packages ${names}`, `npm install ${names}`);
  }
  return { kind: "found", programs: { python, modules: directory } };
}

function missing(client: string, needs: string, install: string): FoundPrograms {
  return { kind: "unavailable", unavailable: { client, needs, install } };
}

async function findPython(
  directory: string,
  modules: readonly string[],
): Promise<string | undefined> {
  const own = [".venv", "venv"].flatMap((name) => [
    join(directory, name, "bin", "python"),
    join(directory, name, "Scripts", "python.exe"),
  ]);
  const code = modules.map((name) => `import ${name}`).join("\n") || "pass";
  for (const file of [...own.filter(existsSync), "python3", "python", "/usr/bin/python3"]) {
    if (await succeeds(file, ["-c", code])) return file;
  }
  return undefined;
}

function succeeds(file: string, words: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(CHECK_LIMIT_MS);
    const child = spawn(file, words, { env: neutralEnvironment(), stdio: "ignore", signal });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}

/** The modules that Python files import, other than the page's own. */
function pythonModules(sources: ReadonlyMap<string, string>): string[] {
  const own = new Set([...sources.keys()].map((path) => path.replace(/\.py$|\/.*$/, "")));
  const imports = /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w., \t]+))/gm;
  const names = [...sources].flatMap(([path, source]) =>
    path.endsWith(".py")
      ? [...source.matchAll(imports)].flatMap(([, from, list]) =>
          (from ?? list ?? "").split(",").map((one) => /\w+/.exec(one)?.[0] ?? ""),
        )
      : [],
  );
  return [...new Set(names)].filter((name) => name !== "" && !own.has(name)).sort();
}

/** The packages that JavaScript and TypeScript files import. */
function nodePackages(sources: ReadonlyMap<string, string>): string[] {
  const imports = /\b(?:from|import|require\()\s*["']([^"'.][^"']*)["']/g;
  const names = [...sources].flatMap(([path, source]) =>
    /\.[cm]?[jt]sx?$/.test(path) ? [...source.matchAll(imports)].map(([, name = ""]) => name) : [],
  );
  const packages = names.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
  return [...new Set(packages)]
    .filter((name) => !name.startsWith("node:") && !builtinModules.includes(name))
    .sort();
}

function hasPackage(directory: string, name: string): boolean {
  if (existsSync(join(directory, "node_modules", name, "package.json"))) return true;
  const parent = dirname(directory);
  return parent !== directory && hasPackage(parent, name);
}
