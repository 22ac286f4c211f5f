import type { ICell, INotebookContent, INotebookMetadata } from "@jupyterlab/nbformat";
import type { AgainPart, Chapter, Document, RunPart, Script, StepPart } from "../document.ts";
import { uniqueIds } from "../ids.ts";
import { signs } from "../signs.ts";
import { againText, againTitle } from "../words.ts";
import { toCellCode } from "./ipynb-code.ts";
import { changesPart, joined, markLine } from "./markdown-parts.ts";

/** Deno comes with a kernel that runs TypeScript as it is, with imports of npm's packages. */
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

/**
 * Writes the document as a Jupyter notebook, nbformat 4.5:
 * https://nbformat.readthedocs.io/en/latest/format_description.html
 * Its cells are the scripts of one library, and need no file of this project.
 * @param client whose scripts; the first one that has some where it has none
 */
export function toNotebook(document: Document, client?: string): string {
  const { title, introduction, before, steps, after } = document;
  const scriptOf = (name: string) => {
    const scripts = steps.find(({ step }) => step === name)?.scripts ?? [];
    return scripts.find((script) => script.client.name === client) ?? scripts[0];
  };
  const cells = [
    text("title", joined([`# ${title}`, introduction])),
    ...before.map(chapter),
    text(signs.ipynb, kernelNote),
    ...steps.flatMap((step) => stepCells(step, scriptOf)),
    ...after.map(chapter),
  ].filter(({ source }) => source !== "");

  const toId = uniqueIds();
  let count = 0;
  const notebook: INotebookContent = {
    cells: cells.map((cell) =>
      toCell(cell, toId(cell.name), cell.output === undefined ? null : ++count),
    ),
    metadata,
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

const kernelNote = joined([
  "## About this notebook",
  `Its code cells run in the Jupyter kernel of [Deno](https://docs.deno.com/runtime/reference/cli/jupyter/),
which \`deno jupyter --install\` installs. Open the notebook in a directory with your \`.env\`, and run
the cells from the first to the last. Deno fetches the libraries by itself.`,
  `The outputs come from the guide's own runs, and not from Jupyter.`,
]);

/** A cell before it has its id. */
interface DraftCell {
  readonly name: string;
  readonly source: string;
  /** For a cell of code. */
  readonly output?: string;
}

function text(name: string, source: string): DraftCell {
  return { name, source };
}

function chapter({ id, title, text: prose }: Chapter): DraftCell {
  return text(id, joined([`## ${title}`, prose]));
}

type FindScript = (step: string) => Script | undefined;

function stepCells(step: StepPart, scriptOf: FindScript): DraftCell[] {
  const imports = scriptOf(step.step)?.imports ?? [];
  return [
    text(step.id, joined([`## ${step.title}`, step.prose])),
    ...imports.map(({ code }) => ({
      name: `${step.id}-import`,
      source: toCellCode(code),
      output: "",
    })),
    codeCell(step, scriptOf),
    text(`${step.id}-verified`, markLine(step.output)),
    ...step.again.flatMap((again) => againCells(again, scriptOf)),
  ];
}

function againCells(again: AgainPart, scriptOf: FindScript): DraftCell[] {
  return [
    text(again.id, joined([`### ${againTitle(again)}`, againText(again)])),
    codeCell(again, scriptOf),
    text(`${again.id}-verified`, joined([markLine(again.output), changesPart(again)])),
  ];
}

function codeCell({ id, step, output }: RunPart, scriptOf: FindScript): DraftCell {
  const code = scriptOf(step)?.code ?? "";
  return { name: `${id}-code`, source: toCellCode(code), output: output.text };
}

function toCell({ source, output }: DraftCell, id: string, count: number | null): ICell {
  if (output === undefined)
    return { cell_type: "markdown", id, metadata: {}, source: lines(source) };
  const stream = { name: "stdout", output_type: "stream", text: lines(output) };
  return {
    cell_type: "code",
    execution_count: count,
    id,
    metadata: {},
    outputs: output === "" ? [] : [stream],
    source: lines(source),
  };
}

/** nbformat's way to write a text: a list of lines, each with its line feed. */
function lines(value: string): string[] {
  return value.split(/(?<=\n)/);
}
