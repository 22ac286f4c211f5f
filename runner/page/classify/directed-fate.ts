import { isSentSql, scripts } from "../languages.ts";
import type { Block, Fate } from "../page.ts";
import type { RefuseAt } from "../read/directives.ts";
import { noWords } from "../shell/command-line.ts";
import { environmentIn, sqlStart } from "./block-shapes.ts";
import { fileFate } from "./file-sentence.ts";

/** What a directive says that a block is. */
export function directedFate(block: Block, refuse: RefuseAt): Fate | undefined {
  const { isIgnored, file, isContinued, isScript } = block.directives;
  if (isIgnored) return { kind: "none", why: "a directive says so" };
  if (block.uncompared && !block.isTable) return { kind: "output", why: block.uncompared };
  if (isContinued) return { kind: "continued" };
  if (isScript) return scriptFate(block, refuse);
  if (file === undefined) return undefined;
  const fate = fileFate(file, "file");
  const variables = environmentIn(block.content);
  if (fate.kind !== "file" || !variables) return fate;
  return { kind: "environment", variables, path: fate.path };
}

/** What varies is an output, or a block that shows its outputs itself. */
export function volatileFate(block: Block, fate: Fate, refuse: RefuseAt): Fate {
  if (!block.directives.volatile || fate.kind === "session") return fate;
  const isRun = fate.kind === "run";
  if (isRun && fate.printed?.some((one) => one !== undefined)) return fate;
  if (!isRun && !(fate.kind === "sql" && sqlStart.test(block.content))) return { kind: "output" };
  const what = isRun ? "a command" : "SQL";
  return refuse(block.line, `"volatile" goes before an output. This block is ${what}.`);
}

function scriptFate({ language, line }: Block, refuse: RefuseAt): Fate {
  if (isSentSql(language)) return { kind: "sql" };
  const [program, ending] = scripts.get(language) ?? [];
  if (!program) {
    const known = ["sql", ...scripts.keys()].join(", ");
    return refuse(line, `"run" cannot run the language "${language}". It runs: ${known}.`);
  }
  const file = `line-${line + 1}.${ending}`;
  const command = { program, file, ...noWords, text: `the block in line ${line + 1}` };
  return { kind: "run", commands: [command], lines: [], unrun: [], script: file };
}

/** Refuses a directive that does not fit what its block is. */
export function refuseMisplaced(
  { line, directives }: Block,
  { kind }: Fate,
  refuse: RefuseAt,
): void {
  const { exitCode, isSetup, isIgnored } = directives;
  if (isIgnored) return;
  if (exitCode !== undefined && kind !== "run") {
    refuse(line, '"exit" goes before a command that runs a file of the page. This block has none.');
  }
  if (isSetup && !["run", "sql", "session"].includes(kind)) {
    refuse(line, '"setup" goes before SQL, or a command that runs a file of the page.');
  }
}
