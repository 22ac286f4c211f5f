import { diffArrays } from "diff";
import { withoutRegions } from "../../../runner/guide/step-source.ts";

/**
 * Puts the comments that begin and end a script's regions into a text that was written without them: where
 * the same lines are, and where lines in their place are.
 * @param original with regions
 * @param text as it is, if it has regions of its own
 */
export function withRegionsOf(original: string, text: string, file: string): string {
  const lines = text.split("\n");
  if (withoutRegions(text, file) !== text) return text;
  const shown = withoutRegions(original, file).split("\n");
  const { starts, ends } = placesOf(shown, lines);
  const result: string[] = [];
  let before = 0;
  let copied = 0;
  for (const line of original.split("\n")) {
    if (line === "" || withoutRegions(line, file) !== "") {
      before++;
      continue;
    }
    const place = (/^\W*end/.test(line) ? ends : starts)[before] ?? copied;
    result.push(...lines.slice(copied, place), line);
    copied = Math.max(copied, place);
  }
  return [...result, ...lines.slice(copied)].join("\n");
}

/**
 * Finds where in a text a region is that begins or ends after so many lines of the old text. A line that was
 * added at its border belongs to it.
 */
function placesOf(old: string[], now: string[]) {
  const starts = [0];
  const ends = [0];
  let removed = 0;
  let place = 0;
  const add = (at: number) => {
    starts.push(at);
    ends.push(at);
  };
  const parts = diffArrays(old, now);
  for (const [index, part] of parts.entries()) {
    const { length } = part.value;
    if (part.removed) {
      removed = length;
      if (parts[index + 1]?.added) continue;
    }
    const added = part.removed ? 0 : length;
    const kept = part.added || part.removed ? removed : length;
    // Of lines that were replaced, the last one is where the last of the new ones is.
    for (let line = 1; line <= kept; line++) {
      add(place + (line === kept ? added : Math.min(line, added)));
    }
    if (kept === 0) ends[ends.length - 1] = place + added;
    place += added;
    removed = 0;
  }
  return { starts, ends };
}
