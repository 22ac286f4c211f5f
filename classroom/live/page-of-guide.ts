import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { GuideServer } from "../../runner/database/guide-server.ts";
import { buildDocument } from "../../runner/document/build-document.ts";
import type { RunPart } from "../../runner/document/document.ts";
import { type Html, html } from "../../runner/document/html.ts";
import { makePage } from "../../runner/document/html-page.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { type LiveClient, typedFile } from "./sight.ts";

/** What the page is made with, once. */
export interface PageCode {
  readonly style: string;
  readonly script: string;
}

/** Where the steps run. */
export type Server = Pick<GuideServer, "kind" | "label">;

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
  const read = (name: string) => readFileSync(join(directory, name), "utf8");
  // In this order: the last rules of the second one are for the projector.
  const style = `${read("live-tables.css")}\n${read("live.css")}`.replaceAll("\r\n", "\n");
  return { style, script: outputFiles[0]?.text ?? "" };
}

/**
 * The exported page, with a place for each run where the other has an output. What a run comes to is
 * told to the page later, as data.
 */
export function makeLivePage(
  guide: Guide,
  clients: readonly LiveClient[],
  server: Server,
  code: PageCode,
): string {
  // The scripts that are shown are those that run.
  const lesson = clients.flatMap(({ name }) => name.split("standalone/")[1] ?? []);
  const document = buildDocument({ ...guide, lesson }, new Map());
  const indices = new Map(guide.runs.map(({ name, index }) => [name, index]));
  return makePage(document, {
    ...code,
    directive: "connect-src 'self'",
    summary: beginning(guide, clients, server),
    captionOf: (file) => file, // the one to edit
    runFigure: (part) => runPlace(part, indices.get(part.id) ?? 0, clients),
  });
}

/** The guide's own text begins with an account and an `.env`, which nobody needs on this page. */
function beginning(guide: Guide, clients: readonly LiveClient[], server: Server): Html {
  const [run] = guide.runs;
  const [client] = clients;
  if (!run || !client) return html``;
  const { kind, label } = server;
  const place = kind === "embedded" ? `the ${label}` : `${label}, which DATABASE_URL names`;
  return html`<p class="summary">Live: what you run here runs on your machine</p>
<div class="beginning"><p>Everything is ready: here, you need no account and no <code>.env</code>. The steps run on ${place}, in databases of their own, which are dropped at the end. <a href="#${run.name}">Go to the first step</a>, and press <b>Run</b>.</p>
<p>To change a step, edit the file that stands above its code, such as <code>${typedFile(client, run.step)}</code>, and save it: the tab that you see is what runs.</p></div>`;
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
