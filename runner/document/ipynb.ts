import { isBuiltin } from "node:module";
import type { ICell, INotebookContent, INotebookMetadata } from "@jupyterlab/nbformat";
import { uniqueIds } from "./build-document.ts";
import {
  type AgainPart,
  type Chapter,
  type Document,
  generatedBy,
  type RunPart,
  type Script,
  type StepPart,
} from "./document.ts";
import { changesPart, joined, verdictLine } from "./markdown.ts";
import { digestOfNotebook } from "./seal.ts";
import { endOf, nodesIn, parseSource, startOf } from "./syntax.ts";
import { againText, againTitle } from "./words.ts";

/** Deno has a kernel that runs TypeScript as it is, with imports of npm packages. */
const metadata: INotebookMetadata = {
  kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
  language_info: {
    codemirror_mode: "typescript",
    file_extension: ".ts",
    mimetype: "text/x.typescript",
    name: "typescript",
    nbconvert_exporter: "script",
    pygments_lexer: "typescript",
  },
};

const kernelNote = `## About this notebook

The code cells run in the Jupyter kernel of [Deno](https://docs.deno.com/runtime/reference/cli/jupyter/),
which \`deno jupyter --install\` installs. Open the notebook in a directory with your \`.env\`, and run
the cells from the first to the last. Deno downloads the libraries itself.

The outputs come from the guide's own runs, and not from Jupyter.`;

/** A cell that has no id yet. */
interface DraftCell {
  readonly name: string;
  readonly source: string;
  /** For a cell of code. */
  readonly output?: string;
  readonly stderr?: string;
}

type FindScript = (step: string) => Script | undefined;

/**
 * Writes the document as a Jupyter notebook, nbformat 4.5:
 * https://nbformat.readthedocs.io/en/latest/format_description.html
 * Its cells are the scripts of one library. They need no other file of the guide.
 * @param client whose scripts; the first client's if it has none
 */
export function toNotebook(document: Document, client?: string): string {
  const { title, introduction, before, steps, after } = document;
  const scriptOf: FindScript = (name) => {
    const scripts = steps.find(({ step }) => step === name)?.scripts ?? [];
    return scripts.find((script) => script.client.name === client) ?? scripts[0];
  };
  const drafts: DraftCell[] = [
    { name: "title", source: joined([`# ${title}`, introduction]) },
    ...before.map(chapter),
    { name: generatedBy.ipynb, source: kernelNote },
    ...steps.flatMap((step) => stepCells(step, scriptOf)),
    ...after.map(chapter),
  ];
  const toId = uniqueIds();
  let count = 0;
  const cells = drafts
    .filter(({ source }) => source !== "")
    .map((draft): ICell => {
      const cell = { id: toId(draft.name), metadata: {}, source: lines(draft.source) };
      if (draft.output === undefined) return { ...cell, cell_type: "markdown" };
      const outputs = Object.entries({ stdout: draft.output, stderr: draft.stderr ?? "" })
        .filter(([, text]) => text !== "")
        .map(([name, text]) => ({ name, output_type: "stream", text: lines(text) }));
      return { ...cell, cell_type: "code", execution_count: ++count, outputs };
    });
  const seal = { [generatedBy.ipynb]: { digest: digestOfNotebook({ cells, metadata }) } };
  const notebook: INotebookContent = {
    cells,
    metadata: { ...metadata, ...seal },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

/** nbformat's way to write a text: a list of lines, each with its line feed. */
function lines(value: string): string[] {
  return value.split(/(?<=\n)/);
}

function chapter({ id, title, text }: Chapter): DraftCell {
  return { name: id, source: joined([`## ${title}`, text]) };
}

function stepCells(step: StepPart, scriptOf: FindScript): DraftCell[] {
  const imports = scriptOf(step.step)?.imports ?? [];
  return [
    { name: step.id, source: joined([`## ${step.title}`, step.prose]) },
    ...imports.map(({ code }) => {
      return { name: `${step.id}-import`, source: toCellCode(code), output: "" };
    }),
    codeCell(step, scriptOf),
    { name: `${step.id}-verified`, source: verdictLine(step.output) },
    ...step.again.flatMap((again) => againCells(again, scriptOf)),
  ];
}

function againCells(again: AgainPart, scriptOf: FindScript): DraftCell[] {
  const { id, output } = again;
  return [
    { name: id, source: joined([`### ${againTitle(again)}`, againText(again)]) },
    codeCell(again, scriptOf),
    { name: `${id}-verified`, source: joined([verdictLine(output), changesPart(again)]) },
  ];
}

function codeCell({ id, step, output, stderr }: RunPart, scriptOf: FindScript): DraftCell {
  const code = scriptOf(step)?.code ?? "";
  return { name: `${id}-code`, source: toCellCode(code), output: output.text, stderr };
}

/** Libraries that import another one without naming its version: Deno does not download those. */
const peers: Readonly<Record<string, string>> = { "drizzle-orm/node-postgres": "pg" };

/**
 * Makes a script's code run in a cell. A cell is in no package: Deno finds a library by `npm:` and its
 * name. An import from a file in the script's folder is removed: an earlier cell has that file's code.
 */
export function toCellCode(code: string): string {
  const program = parseSource(code);
  let result = "";
  let end = 0;
  const replace = (from: number, to: number, text: string) => {
    result += code.slice(end, from) + text;
    end = to;
  };
  for (const node of program ? nodesIn(program) : []) {
    if (node.type === "ExportNamedDeclaration" && node.declaration) {
      replace(startOf(node), startOf(node.declaration), "");
    }
    if (node.type !== "ImportDeclaration") continue;
    const { source } = node;
    if (source.value.startsWith(".")) {
      replace(startOf(node), endOf(node) + 1, "");
    } else if (!(source.value.startsWith("node:") || isBuiltin(source.value))) {
      const peer = peers[source.value];
      if (peer) replace(startOf(node), startOf(node), `import "npm:${peer}";\n`);
      replace(startOf(source), endOf(source), JSON.stringify(`npm:${source.value}`));
    }
  }
  return result + code.slice(end);
}
