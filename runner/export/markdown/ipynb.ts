import type { ICell, INotebookContent, INotebookMetadata } from "@jupyterlab/nbformat";
import type { AgainPart, Chapter, Document, RunPart, StepPart } from "../document/document.ts";
import { uniqueIds } from "../document/ids.ts";
import { againText, againTitle } from "../document/words.ts";
import { atRoot } from "./ipynb-code.ts";
import { callDetails, changesPart, connectionPart, joined, markLine } from "./markdown-parts.ts";

/** Deno comes with a kernel that runs TypeScript as it is, with imports of files and of npm's packages. */
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
 * It belongs into the guide's own directory: its cells import files from there.
 */
export function toNotebook(document: Document): string {
  const { title, introduction, before, steps, after } = document;
  const cells = [
    text("title", joined([`# ${title}`, introduction])),
    ...before.map(chapter),
    text("about-this-notebook", kernelNote(document)),
    text("connect", connectionPart(document)),
    ...steps.flatMap(stepCells),
    ...after.map(chapter),
  ].filter(({ source }) => source !== "");

  const toId = uniqueIds();
  let count = 0;
  const notebook: INotebookContent = {
    cells: cells.map((cell) => toCell(cell, toId(cell.name), cell.output ? ++count : null)),
    metadata,
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

function kernelNote({ drivers }: Document): string {
  const last = drivers.at(-1)?.name;
  const choice = `To choose a driver, first run a cell with \`process.argv.push("--driver", "${last}")\`.`;
  return joined([
    "## About this notebook",
    `Its code cells run in the Jupyter kernel of [Deno](https://docs.deno.com/runtime/reference/cli/jupyter/),
which \`deno jupyter --install\` installs. Open the notebook in the directory where it lies, after
\`npm ci\`, with your connection string in \`.env\`, and run the cells from the first to the last.
They are the files in \`steps/\`, but for the paths of their imports, which begin in this directory.`,
    drivers.length > 1 ? choice : "",
    `The outputs come from the guide's own runs, and not from Jupyter. To repeat these, without a
kernel: \`npx tsx run-guide.ts\`.`,
  ]);
}

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

function stepCells(step: StepPart): DraftCell[] {
  const prose = joined([`## ${step.title}`, step.prose, `This is \`${step.file}\`:`]);
  return [
    text(step.id, prose),
    codeCell(step),
    text(`${step.id}-verified`, joined([markLine(step.output), callDetails(step)])),
    ...step.again.flatMap(againCells),
  ];
}

function againCells(again: AgainPart): DraftCell[] {
  return [
    text(again.id, joined([`### ${againTitle(again)}`, againText(again)])),
    codeCell(again),
    text(`${again.id}-verified`, joined([markLine(again.output), changesPart(again)])),
  ];
}

function codeCell({ id, code, output }: RunPart): DraftCell {
  return { name: `${id}-code`, source: atRoot(code), output: output.text };
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
