import { Marked } from "marked";
import { tokensOf } from "../common/highlight.ts";
import { hideSecrets } from "../common/secrets.ts";
import { escapeMarkup } from "../common/visible.ts";
import { Html, html } from "./html.ts";

const shells = new Set(["sh", "bash", "shell", "console"]);

/**
 * Shows code with its colours, one `<span class="line">` for each line. `page/copy.js` adds a button.
 * @param caption the name of its file, or what else it is
 */
export function codeFigure(code: string, language: string, caption?: string): Html {
  const kind = `code${shells.has(language) ? " shell" : ""}${caption === undefined ? " bare" : ""}`;
  const heading = caption === undefined ? undefined : html`<figcaption>${caption}</figcaption>`;
  return html`<figure class="${kind}">${heading}<pre><code>${codeLines(code, language)}</code></pre></figure>
`;
}

function codeLines(code: string, language: string): Html[] {
  const lines: Html[][] = [[]];
  for (const { text, kind } of tokensOf(hideSecrets(code).replace(/\n$/, ""), language)) {
    for (const [index, part] of text.split("\n").entries()) {
      if (index > 0) lines.push([]);
      if (part !== "")
        lines
          .at(-1)
          ?.push(
            ...(kind ? [html`<span class="syntax-${kind}">${part}</span>`] : plain(part, language)),
          );
    }
  }
  return lines.map((parts) => html`<span class="line">${parts}\n</span>`);
}

/** A word of a shell is an element: the style sheet keeps its line from breaking at a hyphen. */
function plain(text: string, language: string): Html[] {
  if (!shells.has(language)) return [html`${text}`];
  return text
    .split(/(\s+)/)
    .map((word, index) =>
      index % 2 === 0 && word !== "" ? html`<span>${word}</span>` : html`${word}`,
    );
}

/** The page's own headings are h1 and h2. */
const TOP_HEADING = 3;

/** HTML in the Markdown is shown as text. */
const marked = new Marked({
  renderer: {
    html: ({ text }) => escapeMarkup(text),
    // The language is the first word behind a fence.
    code: ({ text, lang = "" }) => codeFigure(text, lang.split(/\s/)[0] ?? "").text,
    image: ({ href, text }) => link(href, escapeMarkup(text)),
    link({ href, tokens }) {
      return link(href, this.parser.parseInline(tokens));
    },
    heading({ depth, tokens }) {
      const level = Math.max(depth, TOP_HEADING);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
  },
});

/** Renders the guide's Markdown: paragraphs, lists, code blocks and so on. */
export function prose(markdown: string): Html {
  return new Html(marked.parse(hideSecrets(markdown), { async: false }));
}

/** Renders one line of Markdown, such as a title. */
export function proseLine(markdown: string): Html {
  return new Html(String(marked.parseInline(hideSecrets(markdown), { async: false })));
}

/** A link to the web, or to a file near the page. A picture becomes a link: the page loads nothing. */
function link(href: string, content: string): string {
  const base = "https://guide.invalid/";
  const protocol = URL.canParse(href, base) ? new URL(href, base).protocol : "";
  if (protocol !== "https:" && protocol !== "http:") return content;
  return `<a href="${escapeMarkup(href)}">${content}</a>`;
}
