import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "../../runner/common/project.ts";
import { toDo } from "./exercise-files.ts";

const LINES_SHOWN = 3;
const LIMIT_MS = 10_000;

/**
 * Check the types of a learner's file, where TypeScript is installed next to this project.
 * @param directory for the settings of the compiler; it goes with the run
 * @returns the first messages, each in a line; none also where types cannot be checked
 */
export async function checkTypes(file: string, directory: string): Promise<readonly string[]> {
  const compiler = join(project, "node_modules/typescript/bin/tsc");
  const base = join(project, "tsconfig.json");
  if (!file.endsWith(".ts") || !existsSync(compiler) || !existsSync(base)) return [];
  // What is still to be done has no names yet.
  const isBegun = readFileSync(file, "utf8").includes(toDo);
  mkdirSync(directory, { recursive: true });
  const settings = join(directory, "tsconfig.json");
  const compilerOptions = {
    typeRoots: [join(project, "node_modules/@types")],
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  writeFileSync(
    settings,
    JSON.stringify({ extends: base, compilerOptions, files: [file], include: [] }),
  );
  const words = [compiler, "-p", settings, "--noEmit", "--pretty", "false"];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, words, { timeout: LIMIT_MS, windowsHide: true }, (_, stdout) =>
      resolve(stdout),
    );
  });
  return messagesOf(output, isBegun).slice(0, LINES_SHOWN);
}

/** What TypeScript says of a file: a.ts(12,5): error TS2339: Property … */
const message = /^\S.*\((\d+),\d+\): error TS(\d+): (.*)$/;

/** @param isBegun true to leave out names that are not there */
function messagesOf(output: string, isBegun: boolean): string[] {
  return output.split(/\r?\n/).flatMap((line) => {
    const [, number, code, text = ""] = message.exec(line) ?? [];
    if (number === undefined || (isBegun && code === "2304")) return [];
    const isPromise = /'Promise<|PendingQuery|Did you forget to use 'await'/.test(text);
    const advice = isPromise && code !== "2345" ? " Is an await missing?" : "";
    return [`line ${number}: ${text}${advice}`];
  });
}
