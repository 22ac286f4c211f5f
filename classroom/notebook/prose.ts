import { marked, type Token, type Tokens } from "marked";
import wrapAnsi from "wrap-ansi";
import { color } from "../../runner/common/color.ts";
import { visible } from "../../runner/common/visible.ts";
import { hang } from "../common/screen.ts";

/**
 * Renders Markdown for a terminal.
 * @param width columns; lines are wrapped between words
 */
export function renderProse(markdown: string, width: number): string {
  const blocks = marked.lexer(visible(markdown)).map((token) => renderBlock(token, width));
  return blocks.filter((block) => block !== "").join("\n\n");
}

function renderBlock(token: Token, width: number): string {
  switch (token.type) {
    case "heading":
      return color.bold(color.underline(inline(token)));
    case "code":
      return String(token.text)
        .split("\n")
        .map((line) => {
          const [start = ""] = /^\s*/.exec(line) ?? [];
          return hang(`    ${start}${color.dim(line.trim())}`, width, `        ${start}`);
        })
        .join("\n");
    case "list":
      return renderList(token, width);
    case "blockquote":
      return indent(wrap(inline(token), width - 2), color.dim("│ "), color.dim("│ "));
    case "space":
      return "";
    default:
      return wrap(inline(token), width);
  }
}

function renderList(list: Token, width: number): string {
  const { items, ordered, start } = isList(list) ? list : { items: [], ordered: false, start: 1 };
  return items
    .map((item, index) => {
      const bullet = ordered ? `${Number(start || 1) + index}. ` : "• ";
      const blocks = item.tokens.map((token) => renderBlock(token, width - bullet.length - 1));
      return indent(blocks.filter(Boolean).join("\n"), ` ${bullet}`, " ".repeat(bullet.length + 1));
    })
    .join("\n");
}

function isList(token: Token): token is Tokens.List {
  return token.type === "list";
}

/** Emphasis, code and links of a paragraph. A link shows its address. */
function inline(token: Token): string {
  const children = "tokens" in token && token.tokens ? token.tokens : undefined;
  const text = children
    ? children.map(inline).join("")
    : decode("text" in token ? token.text : token.raw);
  switch (token.type) {
    case "strong":
      return color.bold(text);
    case "em":
      return color.italic(text);
    case "codespan":
      return color.cyan(text);
    case "link":
      return text === token.href
        ? color.underline(text)
        : `${color.underline(text)} (${token.href})`;
    case "br":
      return "\n";
    default:
      return text;
  }
}

/** marked leaves the entities of the source as they are. */
function decode(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function wrap(text: string, width: number): string {
  return wrapAnsi(text.replaceAll("\n", " "), Math.max(20, width), { trim: true });
}

function indent(text: string, first: string, rest: string): string {
  return text
    .split("\n")
    .map((line, index) => (index === 0 ? first : rest) + line)
    .join("\n");
}
