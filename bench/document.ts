import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../runner/failure.ts";
import { root } from "./process.ts";

const begin = "<!-- bench -->";
const end = "<!-- /bench -->";
const document = join(root, "docs", "performance.md");

/**
 * Puts the tables into docs/performance.md, between its markers, and the chart beside it.
 * @throws Failure of kind "layout" where the markers are missing
 */
export function writeDocument(tables: string, chart: string): void {
  const text = readFileSync(document, "utf8");
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) {
    throw new Failure("layout", `docs/performance.md needs the lines ${begin} and ${end}.`);
  }
  const before = text.slice(0, from + begin.length);
  writeFileSync(document, `${before}\n\n${tables}\n${text.slice(to)}`);
  writeFileSync(join(root, "docs", "performance.svg"), chart);
}
