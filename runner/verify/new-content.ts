import { readFileSync, statSync } from "node:fs";
import { digestOf } from "../common/kept-texts.ts";
import { align, type Edit, isSimilar } from "./align.ts";
import { digestOfFile, type Golden, isPattern, withLineFeeds } from "./golden.ts";
import {
  type Bindings,
  escapeMarkers,
  hasOnlyMarkers,
  isAnyLines,
  linePattern,
  matchesPattern,
  NO_OUTPUT,
} from "./pattern.ts";

/** So many changed lines keep markers within them. */
const MOST_MERGED = 1000;

/** A first golden file for larger outputs gets no markers. */
const MARKED_LIMIT = 1024 ** 2;

const unbound: Bindings = new Map();

/** Numbers, times and ids are one word each. Bytes of other alphabets count as letters. */
const words = /[\w\x80-\xff]+(?:[-:.+][\w\x80-\xff]+)*/g;

/** What an update writes for an output: markers stay where they can, the rest matches only itself. */
export async function newContent(golden: Golden, stdoutFile: string): Promise<Buffer> {
  const printed = readFileSync(stdoutFile);
  if (printed.length === 0) return Buffer.from(`${NO_OUTPUT}\n`);
  const isMarked = golden.lack === "" && isPattern(golden.bytes);
  if (!isMarked && !isPattern(printed)) return printed;
  const text = printed.toString("latin1");
  const old = isMarked ? withLineFeeds(golden.bytes).toString("latin1") : "";
  return Buffer.from(isMarked ? await keepMarkers(old, text) : escapeMarkers(text), "latin1");
}

/**
 * Digests what an update writes for an output. What varies where a marker is makes no difference between
 * clients.
 */
export async function digestOfOutput(golden: Golden, stdoutFile: string): Promise<string> {
  if (golden.lack !== "" || !isPattern(golden.bytes)) return digestOfFile(stdoutFile);
  return digestOf(await newContent(golden, stdoutFile));
}

/**
 * Writes a first golden file for outputs that differ only in numbers, times or ids: `[..]` is where they do.
 * @returns undefined where they are all the same, or differ in something else
 */
export function markVaryingText(stdoutFiles: readonly string[]): Buffer | undefined {
  if (stdoutFiles.some((file) => statSync(file).size > MARKED_LIMIT)) return undefined;
  const outputs = stdoutFiles.map((file) => readFileSync(file, "latin1"));
  const [first = "", ...others] = outputs;
  const rests = outputs.map((text) => text.split(words));
  const isAlike = (index: number) => rests.every((rest) => rest[index] === rests[0]?.[index]);
  if (!rests[0]?.every((_, index) => isAlike(index))) return undefined;

  const found = others.map((text) => text.match(words) ?? []);
  let [count, at] = [0, 0];
  let marked = "";
  for (const { 0: word, index } of first.matchAll(words)) {
    const all = [word, ...found.map((list) => list[count] ?? "")];
    count++;
    if (all.every((one) => one === word)) continue;
    if (!all.every((one) => /\d/.test(one))) return undefined;
    marked += `${escapeMarkers(first.slice(at, index))}[..]`;
    at = index + word.length;
  }
  marked += escapeMarkers(first.slice(at));
  const isGood = outputs.every((text) => matchesPattern(marked, text));
  return at > 0 && isGood && !hasOnlyMarkers(marked) ? Buffer.from(marked, "latin1") : undefined;
}

/** The new text of a golden file: what was printed, with the old markers where they can stay. */
export async function keepMarkers(golden: string, printed: string): Promise<string> {
  // Where the output ends without a newline, the golden file's last one is not a line that changed.
  const old = printed.endsWith("\n") ? golden : golden.replace(/\n$/, "");
  // A name that meant one text may mean two now. Lines without names always match.
  for (const withNames of [true, false]) {
    const kept = await mergeLines(old.split("\n"), printed.split("\n"), withNames);
    if (!hasOnlyMarkers(kept) && matchesPattern(kept, printed)) return kept;
  }
  return escapeMarkers(printed);
}

/** Finds the lines of several words of which an update keeps nothing, and puts nothing like them in their place. */
export async function sentencesGone(golden: string, printed: string): Promise<string[]> {
  const [old, now] = [golden.split("\n"), printed.split("\n")];
  const edits = await align(old.length, now.length, {
    isGap: (at) => isAnyLines(old[at] ?? ""),
    isSame: (one, other) => old[one] === now[other],
    isSimilar: (one, other) => isSimilar(old[one] ?? "", now[other] ?? ""),
  });
  return edits.flatMap(({ kind, old: at, from }) => {
    const line = old[at]?.trim() ?? "";
    const isGone = kind === "removed" || (kind === "changed" && !isSimilar(line, now[from] ?? ""));
    return isGone && /\S\s+\S+\s+\S/.test(line) && !line.includes("|") ? line : [];
  });
}

async function mergeLines(
  golden: readonly string[],
  printed: readonly string[],
  withNames: boolean,
): Promise<string> {
  const patterns = golden.map(linePattern);
  const edits = await align(golden.length, printed.length, {
    isGap: (old) => isAnyLines(golden[old] ?? ""),
    isSame: (old, now) => patterns[old]?.match(printed[now] ?? "", unbound) !== undefined,
    isSimilar: (old, now) => isSimilar(golden[old] ?? "", printed[now] ?? ""),
  });
  const lines: string[] = [];
  let merged = 0;
  let last: Edit["kind"] | undefined;
  for (const { kind, old: at, from } of edits) {
    if (kind === "removed") continue;
    const old = golden[at] ?? "";
    const now = printed[from] ?? "";
    const pattern = patterns[at];
    const isKept = withNames || !pattern?.binds;
    if (kind === "gap") {
      if (last !== "gap") lines.push(old);
    } else if (kind === "same" && isKept) lines.push(old);
    else if (kind === "changed" && isKept && pattern?.exact === undefined && isSimilar(old, now)) {
      lines.push(merged++ < MOST_MERGED ? await mergeWords(old, now) : escapeMarkers(now));
    } else lines.push(escapeMarkers(now));
    last = kind;
  }
  return lines.join("\n");
}

/** A changed line, with the markers of the old one. */
async function mergeWords(golden: string, printed: string): Promise<string> {
  const split = (text: string) => text.match(/\\*\[\.\.[\w-]*\]|[\w\x80-\xff]+|[\s\S]/g) ?? [];
  const isMarker = (word: string | undefined) => /^\[\.\.[\w-]*\]$/.test(word ?? "");
  const [old, now] = [split(golden), printed.match(/[\w\x80-\xff]+|[\s\S]/g) ?? []];
  const edits = await align(old.length, now.length, {
    isGap: (at) => isMarker(old[at]),
    isSame: (one, other) => old[one] === now[other],
    isSimilar: () => false,
  });
  let [merged, text] = ["", ""];
  for (const { kind, old: at, from, to } of edits) {
    if (kind === "gap") {
      merged += escapeMarkers(text) + old[at];
      text = "";
    } else text += now.slice(from, to).join("");
  }
  return merged + escapeMarkers(text);
}
