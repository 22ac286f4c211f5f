import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { GuideServer } from "../../runner/database/guide-server.ts";
import { buildDocument } from "../../runner/document/build-document.ts";
import type { RunPart } from "../../runner/document/document.ts";
import { type Html, html } from "../../runner/document/html.ts";
import { makePage } from "../../runner/document/html-page.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { reloadGuide } from "../../runner/guide/load-guide.ts";
import { type LiveClient, shownFile } from "./live-clients.ts";

/** The live page's HTML. */
export type LivePage = Awaited<ReturnType<typeof openLivePage>>;

/** Where the steps run. */
type Server = Pick<GuideServer, "kind" | "label">;

export async function openLivePage(guide: Guide, clients: readonly LiveClient[], server: Server) {
  const code = await loadPageCode();
  let page = makeLivePage(guide, clients, server, code);
  return {
    get html() {
      return page;
    },
    /**
     * Makes the page again, from the guide's files as they are now.
     * @returns whether it has changed
     * @throws Failure if the files cannot be shown: the page stays as it is
     */
    async reload() {
      const before = page;
      page = makeLivePage(await reloadGuide(guide), clients, server, code);
      return page !== before;
    },
  };
}

async function loadPageCode(): Promise<{ readonly style: string; readonly script: string }> {
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
 * Makes the exported page with an empty element for each run, instead of its output. The results are sent
 * to the page as data.
 */
function makeLivePage(
  guide: Guide,
  clients: readonly LiveClient[],
  server: Server,
  code: { readonly style: string; readonly script: string },
): string {
  // The page shows the scripts that it runs.
  const lesson = clients.flatMap(({ name }) => name.split("standalone/")[1] ?? []);
  const document = buildDocument({ ...guide, lesson }, new Map());
  const indices = new Map(guide.runs.map(({ name, index }) => [name, index]));
  return makePage(document, {
    ...code,
    directive: "connect-src 'self'",
    summary: introduction(guide, clients, server),
    captionOf: (file) => file, // the file to edit
    runFigure: (part) => runElement(part, indices.get(part.id) ?? 0, clients),
  });
}

/** Tells readers that they can skip what the guide's text begins with: an account and an `.env`. */
function introduction(guide: Guide, clients: readonly LiveClient[], server: Server): Html {
  const [run] = guide.runs;
  const [client] = clients;
  if (!run || !client) return html``;
  const { kind, label } = server;
  const where = kind === "embedded" ? `the ${label}` : `${label}, which DATABASE_URL names`;
  return html`<p class="summary">Live: the steps run on your machine</p>
<div class="introduction"><p>Everything is ready: you need no account and no <code>.env</code> here. The steps run on ${where}, in their own databases, which are dropped at the end. <a href="#${run.name}">Go to the first step</a>, and press <b>Run</b>.</p>
<p>To change a step, edit the file that is named above its code, such as <code>${shownFile(client, run.step)}</code>, and save it. The tab that you see is what runs.</p></div>`;
}

function runElement({ id }: RunPart, index: number, clients: readonly LiveClient[]): Html {
  const panels = clients.map(
    ({ name, title }) =>
      html`<div class="panel" id="${id}.output.${name.replace("/", ".")}" data-choice="${name}"><p class="panel-name">${title}</p>
<div class="client-run" data-client="${name}"></div>
</div>
`,
  );
  return html`<div class="live-run" data-run="${index}" data-name="${id}">
<div class="run-head"></div>
<p class="verdict" hidden></p>
<div class="panels" hidden>
${panels}</div>
<div class="run-changes"></div>
</div>
`;
}
