import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { GuideServer } from "../../runner/database/guide-server.ts";
import { buildDocument } from "../../runner/document/build-document.ts";
import type { RunPart } from "../../runner/document/document.ts";
import { type Html, html } from "../../runner/document/html.ts";
import { toHtml } from "../../runner/document/html-page.ts";
import type { Guide, Run } from "../../runner/guide/guide.ts";
import { reloadGuide } from "../../runner/guide/load-guide.ts";
import { type LiveClient, shownFile } from "./live-clients.ts";

/** The live page's HTML. */
export type LivePage = Awaited<ReturnType<typeof openLivePage>>;

/** Where the steps run. */
type Server = Pick<GuideServer, "kind" | "label">;

export async function openLivePage(guide: Guide, clients: readonly LiveClient[], server: Server) {
  const code = await loadPageCode();
  let page = makeLivePage(guide, clients, server, code);
  let editor: Promise<string> | undefined;
  return {
    /** @param nonce of the styles that the page may add */
    htmlWith: (nonce: string) => page.replaceAll(NONCE, nonce),
    /** The editor's code, bundled when it is first asked for. */
    editor() {
      editor ??= loadEditor();
      return editor;
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

/** Stands for the nonce, in a page that is made once. */
const NONCE = randomBytes(16).toString("base64");
const directory = join(import.meta.dirname, "page");
const styles = ["live.css", "writing.css"];

async function loadPageCode(): Promise<{ readonly style: string; readonly script: string }> {
  const script = await bundle("live-page.ts");
  const style = styles.map((file) => readFileSync(join(directory, file), "utf8")).join("\n");
  return { style: style.replaceAll("\r\n", "\n"), script };
}

/** In a package, the bundle was made with it: CodeMirror is not installed there. */
async function loadEditor(): Promise<string> {
  const bundled = join(directory, "editor.js");
  return existsSync(bundled) ? readFileSync(bundled, "utf8") : bundle("editor/editor.ts");
}

async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(directory, file)],
    bundle: true,
    minify: file.startsWith("editor/"),
    write: false,
    format: "esm",
    target: "es2022",
    tsconfigRaw: "{}",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
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
  return toHtml(document, {
    ...code,
    directive: "connect-src 'self'",
    // The only script that the server has is the editor's.
    scriptSource: "'self'",
    styleNonce: NONCE,
    summary: introduction(guide, clients, server),
    captionOf: (file) => file,
    runFigure: (part) => {
      const run = guide.runs[indices.get(part.id) ?? 0];
      return run ? runElement(part, run, clients) : html``;
    },
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
<div class="introduction"><p>Everything is ready: you need no account and no <code>.env</code> here. The steps run on ${where}, in their own databases, which are dropped at the end.</p>
<p class="to-learn"><a href="#${run.name}">Go to the first step</a>, write what its task asks for, and press <b>Check</b>. For another library, choose it next to <b>Learn</b>, at the bottom.</p>
<div class="to-read"><p><a href="#${run.name}">Go to the first step</a>, and press <b>Run</b>.</p>
<p>To change a step, press <b>Edit</b> at its code: that is your version, and the guide's files stay as they are. Or edit the file that is named above the code, such as <code>${shownFile(client, run.step)}</code>, in your own editor. The tab that you see is what runs.</p>${libraries(guide, clients)}</div></div>`;
}

/** Lets the reader choose on the first page. The choice is for all of the page. */
function libraries({ runs: [run] }: Guide, clients: readonly LiveClient[]): Html {
  if (!run || clients.length < 2) return html``;
  const panels = clients.map(
    (client) =>
      html`<div class="panel" id="library.${client.name.replace("/", ".")}" data-choice="${client.name}"><p class="panel-name">${client.title}</p>
<p>You read <b>${client.title}</b>: <code>${shownFile(client, run.step)}</code> and so on. All of the libraries run.</p>
</div>
`,
  );
  return html`<p>Choose a library:</p><div class="panels">
${panels}</div>`;
}

function runElement({ id }: RunPart, { index, step }: Run, clients: readonly LiveClient[]): Html {
  const panels = clients.map(
    ({ name, title, commandOf }) =>
      html`<div class="panel" id="${id}.output.${name.replace("/", ".")}" data-choice="${name}"><p class="panel-name">${title}</p>
<div class="client-run" data-client="${name}" data-command="${commandOf(step)}"></div>
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
