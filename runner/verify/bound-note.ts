import { type Bindings, isAnyLines, linePattern } from "./line-pattern.ts";

/**
 * Says which line matches but for a name that stands for another text already. A diff shows markers
 * as they stand in the golden file, and so cannot show that.
 * @returns nothing from a line `...` on, which leaves open which line is meant
 */
export function boundNotes(golden: string, printed: string): string[] {
  const lines = printed.split("\n");
  let known: Bindings = new Map<string, string>();
  for (const [index, text] of golden.split("\n").entries()) {
    const line = lines[index];
    if (line === undefined || isAnyLines(text)) break;
    const pattern = linePattern(text);
    const after = pattern.match(line, known);
    if (!after && pattern.match(line, new Map())) {
      const names = [...known].filter(([name]) => text.includes(`[..${name}]`));
      const values = names.map(([name, value]) => `[..${name}] stands for "${value}"`);
      return [`(Line ${index + 1}: ${values.join(", and ")} since an earlier line.)`];
    }
    if (!after) break;
    known = after;
  }
  return [];
}
