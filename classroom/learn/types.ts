import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { project } from "../../runner/common/project.ts";
import { abridge, hideSecrets } from "../../runner/common/secrets.ts";
import { directoryWith } from "../../runner/run/installed.ts";
import { toDo } from "./exercise-files.ts";

const LINES_SHOWN = 3;
/** TypeScript writes out the types of Drizzle, which fill a screen. */
const LENGTH_SHOWN = 160;
const LIMIT_MS = 20_000;
/** TypeScript's number for a name that it cannot find. */
const UNKNOWN_NAME = 2304;

/** What TypeScript says of a place. */
export interface TypeMessage {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly code: number;
  readonly text: string;
}

/**
 * Check the types of a learner's file, where TypeScript is installed next to this project.
 * @param directory for the settings of the compiler; it goes with the run
 * @returns the first messages, each in a line; none also where types cannot be checked
 */
export async function checkLearnersTypes(file: string, directory: string): Promise<string[]> {
  const base = join(project, "tsconfig.json");
  if (!existsSync(base) || !existsSync(join(project, "node_modules/typescript"))) return [];
  mkdirSync(directory, { recursive: true });
  const compilerOptions = {
    typeRoots: [join(project, "node_modules/@types")],
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  // What is still to be done has no names yet.
  const isBegun = readFileSync(file, "utf8").includes(toDo);
  const settings = { extends: base, compilerOptions, files: [file] };
  const messages = await compile(project, directory, settings);
  return messages
    .filter(({ code }) => !(isBegun && code === UNKNOWN_NAME))
    .map(({ line, text }) => `line ${line}: ${text}`)
    .slice(0, LINES_SHOWN);
}

/**
 * Check the types of a text in a script's place, with the TypeScript that is installed at the guide, or here.
 * @param guide the directory that the script is in
 * @param directory is made again: the guide, as links, with the text
 * @returns none also where types cannot be checked
 */
export async function checkTypes(
  guide: string,
  file: string,
  text: string,
  directory: string,
  signal: AbortSignal,
): Promise<TypeMessage[]> {
  const found = directoryWith("typescript", guide) ?? directoryWith("typescript", project);
  if (!found) return [];
  const path = relative(guide, file);
  rmSync(directory, { recursive: true, force: true });
  mirror(guide, directory, path.split(sep), text);
  // The packages are looked for in the directories above, which a copy has not.
  const packages = [guide, dirname(guide), project].map((from) => join(from, "node_modules"));
  const place = join(directory, "node_modules");
  const source = packages.find((from) => existsSync(from));
  if (source && !existsSync(place)) symlinkSync(source, place, "junction");
  const compilerOptions = {
    target: "ES2023",
    module: "NodeNext",
    types: ["node"],
    strict: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  };
  const files = [path.replaceAll("\\", "/")];
  return compile(found, directory, { compilerOptions, files }, signal);
}

interface Settings {
  readonly extends?: string;
  readonly compilerOptions: object;
  /** One. */
  readonly files: readonly string[];
}

/** @returns what the compiler says of the file */
async function compile(
  installed: string,
  directory: string,
  settings: Settings,
  signal?: AbortSignal,
): Promise<TypeMessage[]> {
  const [file = ""] = settings.files;
  if (!file.endsWith(".ts")) return [];
  const place = join(directory, "tsconfig.json");
  rmSync(place, { force: true }); // the guide's own, which may be a link to the reader's
  writeFileSync(place, JSON.stringify({ ...settings, include: [] }), { flag: "wx" });
  const compiler = join(installed, "node_modules/typescript/bin/tsc");
  const words = [compiler, "-p", directory, "--noEmit", "--pretty", "false"];
  const options = { cwd: directory, timeout: LIMIT_MS, windowsHide: true, signal };
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, words, options, (_, stdout) => resolve(stdout));
  });
  return signal?.aborted ? [] : messagesIn(output, basename(file));
}

/** Makes a directory with all that is in another one, but with a new text for one file. Windows links directories only. */
function mirror(from: string, to: string, path: readonly string[], text: string): void {
  const [name = "", ...below] = path;
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name === name || entry.name.startsWith(".")) continue;
    if (entry.isFile()) copyFileSync(source, target);
    else symlinkSync(source, target, "junction");
  }
  if (below.length > 0) mirror(join(from, name), join(to, name), below, text);
  else writeFileSync(join(to, name), text);
}

/** A message of tsc: a.ts(5,3): error TS2339: Property … */
const message = /^(\S.*)\((\d+),(\d+)\): error TS(\d+): (.*)$/;

function messagesIn(output: string, file: string): TypeMessage[] {
  return hideSecrets(output)
    .split(/\r?\n/)
    .flatMap((row) => {
      const [, name = "", line, column, code, text = ""] = message.exec(row) ?? [];
      if (basename(name) !== file) return [];
      const isPromise = /'Promise<|PendingQuery|Did you forget to use 'await'/.test(text);
      const advice = isPromise && code !== "2345" ? " Is an await missing?" : "";
      const shown = abridge(text, LENGTH_SHOWN);
      return [
        { line: Number(line), column: Number(column), code: Number(code), text: shown + advice },
      ];
    });
}
