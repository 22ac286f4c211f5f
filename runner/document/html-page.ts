import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Document, generatedBy } from "./document.ts";
import { Html, html } from "./html.ts";
import { prose } from "./html-prose.ts";
import { makeSections, type StepStyle } from "./html-sections.ts";
import { summaryOf } from "./words.ts";

/** In the order in which the page needs them: files in `page/`. */
const styles = ["page.css", "projector.css"];
const scripts = ["tabs.js", "copy.js", "reading.js", "projector.js"];

/** A page with something else in place of the outputs, and with code of its own. */
export interface Variant extends StepStyle {
  /** Below the introduction. */
  readonly summary: Html;
  /** The text of a style sheet. */
  readonly style: string;
  /** The text of a module. */
  readonly script: string;
  /** A directive of the page's Content-Security-Policy, such as the hosts it may connect to. */
  readonly directive: string;
  /** Where modules may come from, in addition to the page itself. */
  readonly scriptSource: string;
  /** Of the styles that the script adds: https://developer.mozilla.org/docs/Web/HTML/Reference/Global_attributes/nonce */
  readonly styleNonce: string;
}

/**
 * Writes the document, or a variant of it, as one web page that needs nothing else: no network, no other file.
 * All text is escaped, and the page's own policy allows no scripts but its own.
 */
export function toHtml(document: Document, variant?: Variant): string {
  const sections = makeSections(document, variant);
  const entries = sections.map(
    ({ id, title, level }) => html`<li class="level-${level}"><a href="#${id}">${title}</a></li>
`,
  );
  const body = html`<a class="skip" href="#guide">Skip to the guide</a>
<div class="page">
<nav class="contents" aria-label="Contents"><details open><summary>Contents</summary>
<ol>
${entries}</ol>
</details></nav>
<main id="guide" tabindex="-1">
<header class="screen cover" id="top">
<h1>${document.title}</h1>
<div class="lead">${prose(document.introduction)}</div>
${variant?.summary ?? summaryLine(document)}
</header>
${sections.map(({ content }) => content)}</main>
</div>
`;
  return wholePage(document.title, body, variant);
}

function summaryLine(document: Document): Html {
  const { text, allVerified } = summaryOf(document);
  return html`<p class="summary ${allVerified ? "verified" : "unverified"}">${allVerified ? "✓" : "!"} ${text}</p>`;
}

const icon =
  "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='8' fill='#0b0f0d'/><path d='M9 17l5 5 10-12' fill='none' stroke='#00e599' stroke-width='4' stroke-linecap='round' stroke-linejoin='round'/></svg>";

/** Adds the style sheets and the scripts. */
function wholePage(title: string, body: Html, variant?: Variant): string {
  const css = [...styles.map(read), variant?.style ?? ""].join("\n");
  const modules = [...scripts.map(read), ...(variant ? [variant.script] : [])];
  // `blocking` keeps a browser that supports it from showing the page before its scripts have run.
  const elements = modules.map(
    (text) => html`<script type="module" blocking="render">${new Html(text)}</script>
`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(css, modules, variant)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${new Html(generatedBy.html)}
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style${variant ? html` nonce="${variant.styleNonce}"` : ""}>${new Html(css)}</style>
${elements}</head>
<body>
${body}</body>
</html>
`.text;
}

/** Allows nothing but the icon, and the style and scripts with these hashes: https://www.w3.org/TR/CSP3/ */
function policy(css: string, modules: readonly string[], variant?: Variant): string {
  return [
    "default-src 'none'",
    ...(variant ? [variant.directive] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "img-src data:",
    `style-src ${hash(css)}${variant ? ` 'nonce-${variant.styleNonce}'` : ""}`,
    `script-src ${modules.map(hash).join(" ")}${variant ? ` ${variant.scriptSource}` : ""}`,
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
