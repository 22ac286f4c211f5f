import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { escapePattern } from "../common/visible.ts";

/**
 * Replaces positions in compiled programs by those in their sources, in what a step wrote to stderr. Node's
 * own `--enable-source-maps` would cost each step 10 ms, whether it fails or not.
 * @param directory where the programs and their source maps are
 */
export function withSourceLines(text: string, directory: string): string {
  const starts = [directory, pathToFileURL(directory).href].map(escapePattern);
  const position = new RegExp(
    `(\\(at )?(?:${starts.join("|")})[\\\\/]([^\\s():]+\\.mjs):(\\d+)(?::(\\d+))?`,
    "g",
  );
  const maps = new Map<string, SourceMap>();
  return text.replace(position, (found, inSentence, program, line, column = "1") => {
    try {
      const file = join(directory, program);
      const map = maps.get(file) ?? new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")));
      maps.set(file, map);
      const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
      if (!("originalSource" in entry)) return found;
      const { originalSource, originalLine, originalColumn } = entry;
      const source = fileURLToPath(new URL(originalSource, "file:///"));
      if (inSentence) return `(${basename(source)}, line ${originalLine + 1}`;
      return `${source}:${originalLine + 1}:${originalColumn + 1}`;
    } catch {
      return found; // the program has no map
    }
  });
}
