import { readHead, textOf } from "../common/read-files.ts";
import { hideSecrets, showable } from "../common/secrets.ts";
import { align, isSimilar } from "./align.ts";
import { type Golden, isPattern, withLineFeeds } from "./golden.ts";
import { type Bindings, isAnyLines, linePattern } from "./pattern.ts";

/** How much of each side is compared, from the first difference on. A line `...` may stand for many lines. */
const BYTES_COMPARED = 16 * 1024;
const PATTERN_BYTES_COMPARED = 256 * 1024;
const LINES_SHOWN = 60;
const CONTEXT = 3;

/** Texts that differ in more lines are not compared to the end: it takes long. */
const MOST_EDITS = 1000;

/** What editors show for blanks. */
const blanks: Readonly<Record<string, string>> = { " ": "·", "\t": "→", "\u00a0": "⍽" };

/** A line of a diff, with the numbers that the next line has on each side. */
interface Row {
  readonly sign: " " | "-" | "+";
  readonly text: string;
  readonly old: number;
  readonly now: number;
  /** Set for a last line without a newline. */
  readonly isOpen: boolean;
}

/**
 * Makes a unified diff from the golden file to an output, around the first difference. A line that matches its
 * marker does not differ, and is shown as the golden file has it.
 * @param label names the output in the diff's head
 */
export async function diffOf(golden: Golden, stdoutFile: string, label: string): Promise<string> {
  const expected = withLineFeeds(golden.bytes);
  const limit = isPattern(expected) ? PATTERN_BYTES_COMPARED : BYTES_COMPARED;
  const printed = readHead(stdoutFile, 2 * expected.length + limit);
  const start = skipAlike(expected, printed, limit / 4);
  const before = windowOf(expected.subarray(start.old), limit);
  const after = windowOf(printed.subarray(start.now), limit);
  const { rows, notes } = await compare(before.text, after.text, start);

  const isPart = before.isCut || after.isCut;
  const shown = rows.map((row) => ({ ...row, text: hideSecrets(row.text) }));
  const hunks = hunksOf(showBlanks(shown));
  // The two are not cut at the same line, which is not a difference between the outputs.
  if (isPart && hunks.length > 1) hunks.pop();
  const lines = hunks.flat();
  if (isPart || lines.length > LINES_SHOWN) {
    notes.unshift("(The diff is cut here: the outputs are too large to show.)");
  } else {
    notes.unshift(...endNotes(before.text, after.text, golden.bytes, printed));
  }
  const head = [`--- ${golden.name}`, `+++ ${label}`];
  return [...head, ...lines.slice(0, LINES_SHOWN), ...notes.map(hideSecrets), ""].join("\n");
}

/** Makes a unified diff of two texts, cut to what a person can read. */
export async function diffTexts(before: string, after: string, name: string): Promise<string> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  const patch = createTwoFilesPatch(name, `${name} as it should be`, before, after, "", "", {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
    headerOptions: FILE_HEADERS_ONLY,
  });
  const lines = patch?.slice(0, -1).split("\n") ?? [
    `--- ${name}`,
    "(Too many lines differ to be shown.)",
  ];
  const cut = lines.length > LINES_SHOWN ? [`(The diff is cut here: ${lines.length} lines.)`] : [];
  return [...lines.slice(0, LINES_SHOWN), ...cut, ""].join("\n");
}

/** Where a diff begins: offsets in the golden file and the output, and the line's number in both. */
interface Start {
  readonly old: number;
  readonly now: number;
  readonly line: number;
  readonly known: Bindings;
}

/** Skips the lines that match, up to those that a reader has to see before the first difference. */
function skipAlike(expected: Buffer, printed: Buffer, room: number): Start {
  const isMarked = isPattern(expected);
  let here: Start = { old: 0, now: 0, line: 1, known: new Map() };
  let starts: Start[] = [];
  for (;;) {
    const end = expected.indexOf("\n", here.old);
    const lineEnd = printed.indexOf("\n", here.now);
    if (end === -1 || lineEnd === -1) break;
    const isReturn = printed[lineEnd - 1] === 0x0d && expected[end - 1] !== 0x0d;
    const line = printed.subarray(here.now, isReturn ? lineEnd - 1 : lineEnd);
    const wanted = expected.subarray(here.old, end);
    let known: Bindings | undefined = here.known;
    if (isMarked && !isAnyLines(wanted.toString())) {
      known = linePattern(wanted.toString()).match(line.toString(), known);
    } else if (isMarked || !wanted.equals(line)) known = undefined;
    if (!known) break;
    starts = [...starts.slice(1 - CONTEXT), here];
    here = { old: end + 1, now: lineEnd + 1, line: here.line + 1, known };
  }
  const shown = starts.find(({ old }) => here.old - old <= room) ?? here;
  return { ...here, old: shown.old, now: shown.now, line: shown.line };
}

/** The beginning of the bytes. A text that is cut ends with a line, as a diff expects it to. */
function windowOf(bytes: Buffer, limit: number): { text: string; isCut: boolean } {
  const isCut = bytes.length > limit;
  const text = textOf(bytes.subarray(0, limit), isCut);
  return { text: isCut ? `${showable(text, isCut)}\n` : text, isCut };
}

async function compare(golden: string, printed: string, start: Start) {
  const old = linesOf(golden);
  const now = linesOf(printed);
  const patterns = old.lines.map(linePattern);
  const edits = await align(old.lines.length, now.lines.length, {
    isGap: (at) => isAnyLines(old.lines[at] ?? ""),
    isSame: (one, other) => !!patterns[one]?.match(now.lines[other] ?? "", new Map()),
    isSimilar: (one, other) => isSimilar(old.lines[one] ?? "", now.lines[other] ?? ""),
  });
  const rows: Row[] = [];
  const notes: string[] = [];
  let known = start.known;
  let [oldLine, newLine] = [start.line, start.line];
  let added: Row[] = [];
  const endChange = () => {
    rows.push(...added);
    added = [];
  };

  for (const { kind, old: at, from, to } of edits) {
    const text = old.lines[at] ?? "";
    const line = now.lines[from] ?? "";
    const isOpen = old.isOpen && at === old.lines.length - 1;
    const isLineOpen = now.isOpen && from === now.lines.length - 1;
    const after = kind === "same" ? patterns[at]?.match(line, known) : undefined;
    if (kind === "gap" || (after && isOpen === isLineOpen)) {
      endChange();
      rows.push({ sign: " ", text, old: oldLine++, now: newLine, isOpen });
      newLine += to - from;
      known = after ?? known;
      continue;
    }
    if (kind === "same" && !after) notes.push(boundNote(text, oldLine, known));
    if (kind !== "added") {
      rows.push({ sign: "-", text, old: oldLine++, now: newLine - added.length, isOpen });
    }
    if (to > from) {
      added.push({ sign: "+", text: line, old: oldLine, now: newLine++, isOpen: isLineOpen });
    }
  }
  endChange();
  return { rows, notes: [...notes, ...lookalikeNotes(rows)] };
}

function linesOf(text: string): { lines: string[]; isOpen: boolean } {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const isOpen = lines.at(-1) !== "";
  return { lines: isOpen ? lines : lines.slice(0, -1), isOpen };
}

/** The hunks of a diff as lines. */
function hunksOf(rows: readonly Row[]): string[][] {
  const ranges: [start: number, end: number][] = [];
  for (const [at, { sign }] of rows.entries()) {
    if (sign === " ") continue;
    const last = ranges.at(-1);
    if (last && at - CONTEXT <= last[1]) last[1] = at + 1 + CONTEXT;
    else ranges.push([Math.max(0, at - CONTEXT), at + 1 + CONTEXT]);
  }
  return ranges.map(([start, end]) => {
    const shown = rows.slice(start, end);
    const side = (line: number, other: string) => {
      const count = shown.filter(({ sign }) => sign !== other).length;
      return `${count === 0 ? line - 1 : line},${count}`;
    };
    const { old, now } = shown[0] ?? { old: 1, now: 1 };
    const lines = shown.flatMap(({ sign, text, isOpen }) => [
      sign + text,
      ...(isOpen ? ["\\ No newline at end of file"] : []),
    ]);
    return [`@@ -${side(old, "+")} +${side(now, "-")} @@`, ...lines];
  });
}

/** Shows blanks at the end of a changed line, and all of them in two lines that differ in nothing else. */
function showBlanks(rows: readonly Row[]): Row[] {
  const bare = (text: string) => text.replace(/\s/g, "");
  const isTwin = ({ sign, text }: Row) => {
    const others = rows.filter((one) => one.sign !== " " && one.sign !== sign);
    const alike = others.filter((other) => bare(other.text) === bare(text));
    return alike.length > 0 && !alike.some((other) => other.text === text);
  };
  return rows.map((row) => {
    if (row.sign === " ") return row;
    const shown = isTwin(row) ? /[ \t\u00a0]/g : /[ \t\u00a0](?=\s*$)/g;
    return { ...row, text: row.text.replace(shown, (blank) => blanks[blank] ?? blank) };
  });
}

function boundNote(text: string, line: number, known: Bindings): string {
  const names = [...known].filter(([name]) => text.includes(`[..${name}]`));
  const values = names.map(([name, value]) => `[..${name}] stands for "${value}"`);
  return `(Line ${line}: ${values.join(", and ")} since an earlier line.)`;
}

/** Names the code points of lines that differ, and look the same. */
function lookalikeNotes(rows: readonly Row[]): string[] {
  const bare = (text: string) => text.normalize("NFKC").replace(/\s/g, "");
  const lines = rows.filter(({ sign }) => sign === "+");
  const added = new Map(lines.map(({ text }) => [bare(text), text]));
  return rows.flatMap(({ sign, text, old }) => {
    const other = sign === "-" ? added.get(bare(text)) : undefined;
    if (other === undefined || other.replace(/\s/g, "") === text.replace(/\s/g, "")) return [];
    const points = (one: string, another: string) =>
      [...one]
        .filter((char) => !another.includes(char))
        .map((char) => `U+${char.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`)
        .join(" ");
    return [
      `(Line ${old} only looks the same: the golden file has ${points(text, other)}, and the output ${points(other, text)}.)`,
    ];
  });
}

/** What a diff cannot show, in words. */
function endNotes(expected: string, printed: string, golden: Buffer, output: Buffer): string[] {
  const text = printed.replaceAll("\r\n", "\n");
  const isSame = text === expected;
  const old = golden.toString("latin1").split("\n");
  const now = output.toString("latin1").split("\n");
  const isReturn = (line = "") => line.endsWith("\r");
  const endLine = now.findIndex((line, at) => isReturn(line) !== isReturn(old[at])) + 1;
  const notes: string[] = [];
  if (golden.includes("\r\n") && !(isSame && endLine === 0)) {
    notes.push(
      isSame
        ? `(Only the line ends differ, from line ${endLine} on. The golden file has Windows line ends, \\r\\n.)`
        : "(The golden file has Windows line ends, \\r\\n. They are not what differs.)",
    );
  } else if (output.includes("\r\n") && endLine > 0) {
    const which = isSame ? "Only the line ends differ" : "The line ends differ, too";
    notes.push(`(${which}: the output has Windows line ends, \\r\\n, from line ${endLine} on.)`);
  } else if (isSame) {
    const line = now.findIndex((printedLine, at) => printedLine !== old[at]) + 1;
    notes.push(`(Only bytes that are not text differ, from line ${line} on.)`);
  }
  if (text === `${expected}\n`) {
    notes.push("(Only a newline differs: the golden file lacks the last one.)");
  } else if (`${text}\n` === expected) {
    notes.push("(Only a newline differs: the output lacks the last one.)");
  }
  return notes;
}
