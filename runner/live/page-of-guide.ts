import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { buildDocument } from "../export/document/build.ts";
import type { RunPart } from "../export/document/document.ts";
import { makePage } from "../export/html/export-html.ts";
import { type Html, html } from "../export/html/markup.ts";
import type { Guide } from "../guide/guide.ts";
import type { LiveClient } from "./sight.ts";

/** What the page is made with, once. */
export interface PageCode {
  readonly style: string;
  readonly script: string;
}

/** Bundles the page's own code. */
export async function loadPageCode(): Promise<PageCode> {
  const directory = join(import.meta.dirname, "page");
  const { outputFiles } = await build({
    entryPoints: [join(directory, "live-page.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    tsconfigRaw: "{}",
    logLevel: "silent",
  });
  const style = readFileSync(join(directory, "live.css"), "utf8").replaceAll("\r\n", "\n");
  return { style, script: outputFiles[0]?.text ?? "" };
}

/**
 * The exported page, with a place for each run where the other has an output. What a run comes to is
 * told to the page later, as data.
 */
export function makeLivePage(
  guide: Guide,
  clients: readonly LiveClient[],
  code: PageCode,
): Promise<string> {
  // The scripts that are shown are those that run.
  const lesson = clients.flatMap(({ name }) => name.split("standalone/")[1] ?? []);
  const document = buildDocument({ ...guide, lesson }, new Map());
  const indices = new Map(guide.runs.map(({ name, index }) => [name, index]));
  return makePage(document, {
    ...code,
    directive: "connect-src 'self'",
    summary: html`<p class="summary">Live: what you run here runs on your machine</p>`,
    captionOf: (file) => file, // the one to edit
    runFigure: (part) => runPlace(part, indices.get(part.id) ?? 0, clients),
  });
}

function runPlace({ id }: RunPart, index: number, clients: readonly LiveClient[]): Html {
  const panels = clients.map(
    ({ name, title }) =>
      html`<div class="panel" id="${id}.output.${name.replace("/", ".")}" data-choice="${name}"><p class="panel-name">${title}</p>
<div class="client-run" data-client="${name}"></div>
</div>
`,
  );
  return html`<div class="run-place" data-run="${index}" data-name="${id}">
<div class="run-head"></div>
<p class="verdict" hidden></p>
<div class="panels" hidden>
${panels}</div>
<div class="run-changes"></div>
</div>
`;
}
