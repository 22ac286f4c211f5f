import { execFile } from "node:child_process";
import { basename } from "node:path";
import { transform } from "esbuild";
import { type Problem, parseJson } from "../questions.ts";
import type { Script } from "./scripts.ts";

const loaders = { ts: "ts", mts: "ts", js: "js", mjs: "js" } as const;
const LIMIT_MS = 3000;

/** Finds what keeps a text in a script's place from being compiled. It is compiled, and never run. */
export async function checkSyntax(text: string, script: Script): Promise<Problem[]> {
  const [program = ""] = script.program;
  if (/^(python|pypy)/i.test(basename(program))) return checkPython(program, text);
  const loader = Object.entries(loaders).find(([ending]) => ending === script.language)?.[1];
  if (!loader) return [];
  try {
    await transform(text, { loader, format: "esm", target: "node20", logLevel: "silent" });
    return [];
  } catch (error) {
    if (!(error instanceof Error && "errors" in error && Array.isArray(error.errors))) throw error;
    return error.errors.map(
      (one): Problem => ({
        line: Number(one?.location?.line ?? 0),
        column: Number(one?.location?.column ?? -1) + 1,
        text: String(one?.text),
        isError: true,
      }),
    );
  }
}

const compile = `
import sys, json
try:
    compile(sys.stdin.buffer.read(), "", "exec", dont_inherit=True)
except SyntaxError as error:
    print(json.dumps({"line": error.lineno, "column": error.offset, "text": error.msg}))
`;

/** Asks the Python that runs the script. What it cannot say now, it says in a run. */
function checkPython(program: string, text: string): Promise<Problem[]> {
  return new Promise((resolve) => {
    const words = ["-I", "-S", "-W", "ignore", "-c", compile];
    const options = { timeout: LIMIT_MS, windowsHide: true };
    const child = execFile(program, words, options, (_, stdout) => {
      const found = parseJson(stdout);
      const [line, column] = [Number(found.line ?? 0), Number(found.column ?? 0)];
      resolve("text" in found ? [{ line, column, text: String(found.text), isError: true }] : []);
    });
    child.stdin?.on("error", () => {}); // it could not be started
    child.stdin?.end(text);
  });
}
