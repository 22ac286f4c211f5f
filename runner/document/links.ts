import { posix, relative, resolve } from "node:path";
import { Marked, type Tokens } from "marked";

/**
 * Finds the way from a document's own directory to the guide's.
 * @returns a prefix for links, such as "../"; "" if both are the same directory
 */
export function linkPrefixFor(documentDirectory: string, guideDirectory: string): string {
  const path = relative(resolve(documentDirectory), resolve(guideDirectory)).replaceAll("\\", "/");
  return path === "" ? "" : encodeURI(`${path}/`);
}

/** Puts a prefix before every relative link of a Markdown text, but not before `#section`. */
export function withLinkPrefix(markdown: string, prefix: string): string {
  if (prefix === "") return markdown;
  let result = "";
  let rest = markdown;
  const moveTo = (index: number) => {
    result += rest.slice(0, index);
    rest = rest.slice(index);
  };
  for (const { type, raw, href } of linksAndCode(new Marked().lexer(markdown))) {
    if (type === "code") {
      // What looks like a link in it is not one.
      if (rest.includes(raw)) moveTo(rest.indexOf(raw) + raw.length);
    } else if (isRelative(href)) {
      const start = startOfAddress(rest, type, href);
      if (start === -1) continue;
      moveTo(start);
      result += posix.join(prefix, href);
      rest = rest.slice(href.length);
    }
  }
  return result + rest;
}

interface Part {
  readonly type: "link" | "definition" | "code";
  readonly raw: string;
  readonly href: string;
}

/** In the order in which they end in the text. */
function* linksAndCode(tokens: readonly Partial<Tokens.Generic>[]): Generator<Part> {
  for (const token of tokens) {
    const { type, raw = "", href = "" } = token;
    if (type === "list") yield* linksAndCode(token.items);
    else if (type === "table") yield* linksAndCode([...token.header, ...token.rows.flat()]);
    else yield* linksAndCode(token.tokens ?? []);
    if (type === "code" || type === "codespan") yield { type: "code", raw, href };
    if (type === "def") yield { type: "definition", raw, href };
    // A link [text][name] has its address in a definition.
    if ((type === "link" || type === "image") && raw.endsWith(")"))
      yield { type: "link", raw, href };
  }
}

function startOfAddress(text: string, type: "link" | "definition", href: string): number {
  const [before, inBrackets] = type === "link" ? ["](", "](<"] : ["]: ", "]: <"];
  const [plain, bracketed] = [text.indexOf(before + href), text.indexOf(inBrackets + href)];
  if (plain !== -1 && (bracketed === -1 || plain < bracketed)) return plain + before.length;
  return bracketed === -1 ? -1 : bracketed + inBrackets.length;
}

/** False for https:…, /path, and #section. */
function isRelative(href: string): boolean {
  return href !== "" && !/^(?:[a-z][a-z\d+.-]*:|[/#])/i.test(href);
}
