import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** A call in a stack, as Node.js writes it: at f (/a/b.ts:1:2), or at /a/b.ts:1:2. */
const call = /^ +at (?:async )?(?:.*\()?(\S.*?):(\d+):\d+\)?(?: \{)?$/;

/** Calls in what nobody edits: libraries, Node.js itself, and what was made of a script. */
const foreign = /node_modules|^node:|\.mjs$/;

/** What an error has beside its message: PostgreSQL's own words, or the error below a library's. */
const addition = /^ +\[?(cause|detail|hint)\]?: (?!undefined)(.+?)(?: \{|,)?$/;

/**
 * What a learner can use of what a failed script wrote: Node.js begins with the line of a library that
 * threw, and shows the whole stack.
 * @returns the message, and where in the learner's files it came from; all of it where there is no stack
 */
export function errorLines(stderr: string): string[] {
  const lines = stderr.trimEnd().split("\n").filter(Boolean);
  const calls = lines.findIndex((line) => call.test(line));
  if (calls === -1) return lines;
  const head = lines.slice(0, calls);
  const message = head.slice(head.findIndex((line) => /^\s*\^+$/.test(line)) + 1);
  const additions = lines.flatMap((line) => {
    const [, name, text] = addition.exec(line) ?? [];
    return name ? [`${name}: ${text}`] : [];
  });
  return [...message, ...additions, ...placeIn(lines)];
}

/** The first call that is not foreign. */
function placeIn(lines: readonly string[]): string[] {
  for (const line of lines) {
    const [, place = "", number] = call.exec(line) ?? [];
    if (place === "" || foreign.test(place)) continue;
    const file = place.startsWith("file:") ? fileURLToPath(place) : place;
    return [`in ${relative(process.cwd(), file)}, line ${number}`];
  }
  return [];
}
