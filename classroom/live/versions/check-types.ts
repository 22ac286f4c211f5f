import { type ChildProcess, execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { project } from "../../../runner/common/project.ts";
import { directoryWith } from "../../../runner/run/installed.ts";
import type { Problem } from "../questions.ts";

const LIMIT_MS = 20_000;

/** Checks types with the TypeScript that is installed at the guide, or here. */
export interface TypeChecker {
  /**
   * Checks what the reader wrote in place of a script. A check that still runs is ended.
   * @returns what is wrong; undefined if it was ended, or types cannot be checked
   */
  check(file: string, text: string): Promise<Problem[] | undefined>;
}

/**
 * @param guide the guide's directory
 * @param directory a new one, for a copy of the guide that consists of links
 */
export function openTypeChecker(guide: string, directory: string): TypeChecker {
  const compiler = findCompiler(guide);
  let running: ChildProcess | undefined;
  return {
    async check(file, text) {
      if (!compiler || !file.endsWith(".ts")) return undefined;
      running?.kill();
      try {
        rmSync(directory, { recursive: true, force: true });
        mirror(guide, directory, relative(guide, file).split(sep), text);
        linkPackages(guide, directory);
        writeSettings(guide, directory, file);
      } catch {
        return undefined; // Windows needs a right for links
      }
      const words = [compiler, "-p", directory, "--noEmit", "--pretty", "false"];
      return new Promise((resolve) => {
        const started = execFile(
          process.execPath,
          words,
          { cwd: directory, timeout: LIMIT_MS, windowsHide: true },
          (error, stdout) => {
            const isEnded = error?.killed === true || running !== started;
            resolve(isEnded ? undefined : problemsIn(stdout, relative(guide, file)));
          },
        );
        running = started;
      });
    },
  };
}

function findCompiler(guide: string): string | undefined {
  const found = directoryWith("typescript", guide) ?? directoryWith("typescript", project);
  return found && join(found, "node_modules/typescript/bin/tsc");
}

/** Makes a directory with links to all that is in another one, but with a new text for one file. */
function mirror(from: string, to: string, path: readonly string[], text: string): void {
  const [name = "", ...below] = path;
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const entry of readdirSync(from)) {
    if (entry !== name && !entry.startsWith(".")) symlinkSync(join(from, entry), join(to, entry));
  }
  if (below.length > 0) mirror(join(from, name), join(to, name), below, text);
  else writeFileSync(join(to, name), text);
}

/** The packages are looked for in the directories above, which a copy has not. */
function linkPackages(guide: string, directory: string): void {
  const target = join(directory, "node_modules");
  for (const from of [guide, dirname(guide), project]) {
    const packages = join(from, "node_modules");
    if (!existsSync(target) && existsSync(packages)) symlinkSync(packages, target);
  }
}

function writeSettings(guide: string, directory: string, file: string): void {
  const path = relative(guide, file).replaceAll("\\", "/");
  const settings = join(directory, "tsconfig.json");
  rmSync(settings, { force: true }); // a link to the guide's
  const options = {
    ...{ target: "ES2023", module: "NodeNext", types: ["node"], strict: true },
    ...{ allowImportingTsExtensions: true, skipLibCheck: true, noEmit: true },
  };
  writeFileSync(settings, JSON.stringify({ compilerOptions: options, files: [path], include: [] }));
}

/** A message of tsc: a.ts(5,3): error TS2339: Property … */
const message = /^(\S.*)\((\d+),(\d+)\): error TS\d+: (.*)$/;

function problemsIn(output: string, file: string): Problem[] {
  return output.split(/\r?\n/).flatMap((line) => {
    const [, name = "", number, column, text = ""] = message.exec(line) ?? [];
    if (name.replaceAll("\\", "/") !== file.replaceAll("\\", "/")) return [];
    const isPromise = /'Promise<|PendingQuery/.test(text) && !text.includes("'await'");
    const advice = isPromise ? " Is an await missing?" : "";
    return [{ line: Number(number), column: Number(column), text: text + advice, isError: false }];
  });
}
