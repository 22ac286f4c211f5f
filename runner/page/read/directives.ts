import { Failure } from "../../common/failure.ts";

/** What the author of a page says about a block, in comments before it: `<!-- guide: exit 1 -->`. */
export interface Directives {
  readonly isIgnored?: boolean;
  /** The file that it is. */
  readonly file?: string;
  readonly isSetup?: boolean;
  /** The documented exit code of its command. */
  readonly exitCode?: number;
  /** The clients that it is for; undefined for those that its tab says. */
  readonly clients?: readonly string[];
  /** It is a program, and is run. */
  readonly isScript?: boolean;
  /** It continues the block above it. */
  readonly isContinued?: boolean;
  /** What varies from run to run in it. */
  readonly volatile?: RegExp | "all";
}

/** A comment of a page. Lines are counted from 0; `end` is the line after it. */
export interface Comment {
  readonly line: number;
  readonly end: number;
  readonly text: string;
}

/** @throws Failure of kind "layout" that names the line */
export type RefuseAt = (line: number, reason: string) => never;

/** @param name of the page, for messages */
export function refuserOf(name: string): RefuseAt {
  return (line, reason) => {
    throw new Failure("layout", `${name}:${line + 1}: ${reason}`);
  };
}

/** Finds the comments of a page that begin a line, in Markdown's form or in that of MDX. */
export function findComments(
  lines: readonly string[],
  isInFence: (line: number) => boolean,
): Comment[] {
  const comments: Comment[] = [];
  const unclosed = new Set<string>();
  for (let line = 0; line < lines.length; line++) {
    if (isInFence(line)) continue;
    const [, opening = "", rest = ""] = /^[\s>]*(<!--|\{\/\*)(.*)$/.exec(lines[line] ?? "") ?? [];
    if (opening === "" || unclosed.has(opening)) continue;
    const closing = opening === "<!--" ? "-->" : "*/}";
    let last = line;
    let now = rest;
    while (!now.includes(closing) && last < lines.length) now = lines[++last] ?? "";
    if (!now.includes(closing)) {
      unclosed.add(opening);
      continue;
    }
    const text = [rest, ...lines.slice(line + 1, last + 1)].join("\n");
    comments.push({ line, end: last + 1, text: text.slice(0, text.indexOf(closing)) });
    line = last;
  }
  return comments;
}

/**
 * Reads the directives of a page.
 * @param fences the lines in which blocks begin
 * @param isEmpty true for lines that may be between a directive and its block
 * @returns directives by the lines of their blocks, and the SQL in comments: it prepares the database, and is not shown
 */
export function readDirectives(
  comments: readonly Comment[],
  fences: readonly number[],
  isEmpty: (line: number) => boolean,
  refuse: RefuseAt,
): { ofBlocks: Map<number, Directives>; hidden: { line: number; end: number; sql: string }[] } {
  const ofBlocks = new Map<number, Directives>();
  const hidden: { line: number; end: number; sql: string }[] = [];
  const known = new Set(fences);
  for (const { line, end, text } of comments) {
    const [, word = "", value = ""] = /^\s*guide:\s*(\S*)\s*([\s\S]*?)\s*$/.exec(text) ?? [];
    if (word === "" && !/^\s*guide:/.test(text)) continue;
    if (word === "setup" && value !== "") {
      hidden.push({ line, end, sql: value });
      continue;
    }
    let block = end;
    while (isEmpty(block) && !known.has(block)) block++;
    if (!known.has(block)) {
      refuse(line, `No block follows the directive "${word}". Put it right before its block.`);
    }
    const before = ofBlocks.get(block) ?? {};
    const read = readDirective(word, value, (reason) => refuse(line, reason));
    const twice = Object.keys(read).find((key) => key !== "clients" && Object.hasOwn(before, key));
    if (twice !== undefined) refuse(line, `The block has the directive "${word}" already.`);
    const clients = [...(before.clients ?? []), ...(read.clients ?? [])];
    ofBlocks.set(block, { ...before, ...read, ...(clients.length > 0 ? { clients } : {}) });
  }
  return { ofBlocks, hidden };
}

const directives =
  "ignore, ignore until YYYY-MM-DD, file NAME, setup, exit CODE, client LABEL, run, continue, volatile, volatile PATTERN";

function readDirective(word: string, value: string, refuse: (reason: string) => never): Directives {
  const isAlone = (read: Directives) =>
    value === "" ? read : refuse(`"${word}" takes no value. Remove "${value}".`);
  const needed = (what: string) => value || refuse(`"${word}" needs ${what}: ${word} ${what}.`);
  switch (word) {
    case "ignore": {
      const until = /^until (\d{4}-\d\d-\d\d)$/.exec(value)?.[1];
      if (value !== "" && (until === undefined || Number.isNaN(Date.parse(until)))) {
        return refuse(`Write "ignore until 2027-01-31", not "ignore ${value}".`);
      }
      if (until === undefined || new Date().toISOString().slice(0, 10) <= until) {
        return { isIgnored: true };
      }
      return refuse(`The block was ignored until ${until}. Repair it, or give a later date.`);
    }
    case "file":
      return { file: needed("NAME") };
    case "setup":
      return { isSetup: true };
    case "exit": {
      const code = Number(needed("CODE"));
      if (!Number.isInteger(code) || code < 1 || code > 255) {
        return refuse(`An exit code is a number from 1 to 255, and "${value}" is not.`);
      }
      return { exitCode: code };
    }
    case "client":
      return { clients: [needed("LABEL")] };
    case "run":
      return isAlone({ isScript: true });
    case "continue":
      return isAlone({ isContinued: true });
    case "volatile":
      return { volatile: readPattern(value, refuse) };
    default:
      return refuse(`Unknown directive "${word}". The directives: ${directives}.`);
  }
}

function readPattern(text: string, refuse: (reason: string) => never): RegExp | "all" {
  if (text === "") return "all";
  try {
    const pattern = new RegExp(text, "g");
    if (!pattern.test("")) return isAnyText(pattern) ? "all" : pattern;
  } catch {
    return refuse(`"${text}" is not a regular expression.`);
  }
  return refuse(`The pattern "${text}" matches an empty text. Write one that does not.`);
}

/** True for a pattern such as `.+` or `\w+`: it finds all of an output that has nothing to do with the page. */
function isAnyText(pattern: RegExp): boolean {
  const other = "ERROR:  nothing like it, in 12 lines.\n(34 rows)\n";
  return !/\w/.test(other.replace(pattern, ""));
}
