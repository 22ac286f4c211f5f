import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { signs } from "../signs.ts";
import { Html, html } from "./markup.ts";

/** In the order in which they are needed. Each is a small file below `page/`. */
const styles = ["base", "layout", "blocks", "tabs", "projector", "print"];
const scripts = ["tabs", "copy", "contents", "scrolling", "projector", "projector-key", "print"];

const icon =
  "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='8' fill='#0b0f0d'/><path d='M9 17l5 5 10-12' fill='none' stroke='#00e599' stroke-width='4' stroke-linecap='round' stroke-linejoin='round'/></svg>";

/** What a page has beyond the exported one. */
export interface Additions {
  /** The text of a style sheet. */
  readonly style: string;
  /** The text of a module. */
  readonly script: string;
  /** A directive of the page's policy, such as what it may connect to. */
  readonly directive: string;
}

/**
 * Puts a page together, with its style and scripts in it.
 * @param style what belongs to the style sheet besides the files
 */
export function page(title: string, style: string, body: Html, additions?: Additions): string {
  const sheets = [...styles.map((name) => read(`${name}.css`)), style];
  const modules = scripts.map((name) => read(`${name}.js`));
  if (additions) sheets.push(additions.style);
  if (additions) modules.push(additions.script);
  const css = sheets.join("\n");
  // `blocking` keeps a browser that knows it from showing the page before its scripts are done.
  const elements = modules.map(
    (text) => html`<script type="module" blocking="render">${new Html(text)}</script>
`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(css, modules, additions?.directive)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${new Html(signs.html)}
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style>${new Html(css)}</style>
${elements}</head>
<body>
${body}</body>
</html>
`.text;
}

/**
 * Nothing is loaded but the icon, and nothing runs but what has one of these hashes.
 * https://www.w3.org/TR/CSP3/
 */
function policy(css: string, modules: readonly string[], directive?: string): string {
  return [
    "default-src 'none'",
    ...(directive ? [directive] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "img-src data:",
    `style-src ${hash(css)}`,
    `script-src ${modules.map(hash).join(" ")}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function read(name: string): string {
  const text = readFileSync(new URL(`page/${name}`, import.meta.url), "utf8");
  return text.replaceAll("\r\n", "\n");
}
