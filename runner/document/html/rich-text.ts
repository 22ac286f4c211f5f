import { Marked, type Tokens } from "marked";
import { codeFigure } from "./blocks.ts";
import type { Highlighter } from "./code-colors.ts";
import { escapeHtml, Html } from "./markup.ts";

/** Renders the guide's Markdown. HTML in it is shown as text. */
export interface Prose {
  /** Paragraphs, lists, code blocks and so on. */
  block(markdown: string): Html;
  /** One line, such as a title. */
  line(markdown: string): Html;
}

/** The headings above the prose are h1 and h2. */
const TOP_HEADING = 3;

export function makeProse(highlighter: Highlighter): Prose {
  const marked = new Marked({
    renderer: {
      html: ({ text }) => escapeHtml(text),
      code: ({ text, lang }) => codeFigure(highlighter, text, languageOf(lang)).text,
      image: ({ href, text }) => link(href, escapeHtml(text)),
      link({ href, tokens }) {
        return link(href, this.parser.parseInline(tokens));
      },
      heading({ depth, tokens }) {
        const level = Math.max(depth, TOP_HEADING);
        return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
      },
    },
  });
  return {
    block: (markdown) => new Html(marked.parse(markdown, { async: false })),
    line: (markdown) => new Html(String(marked.parseInline(markdown, { async: false }))),
  };
}

/** The languages of the code blocks in a Markdown text. */
export function languagesIn(markdown: string): string[] {
  const languages: string[] = [];
  const marked = new Marked();
  void marked.walkTokens(marked.lexer(markdown), (token) => {
    if (isCode(token)) languages.push(languageOf(token.lang));
  });
  return languages;
}

/** The first word of what stands behind a fence. */
function languageOf(info = ""): string {
  return info.split(/\s/)[0] ?? "";
}

function isCode(token: { type: string }): token is Tokens.Code {
  return token.type === "code";
}

/** Only to the web, or to a place beside the page. A picture is a link too: the page loads nothing. */
function link(href: string, content: string): string {
  const base = "https://guide.invalid/";
  const protocol = URL.canParse(href, base) ? new URL(href, base).protocol : "";
  if (protocol !== "https:" && protocol !== "http:") return content;
  return `<a href="${escapeHtml(href)}">${content}</a>`;
}
