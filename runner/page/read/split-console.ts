import type { Block } from "../page.ts";
import { isShellPrompt } from "../shell/prompts.ts";
import { isPsqlPrompt } from "../sql/parse/read-session.ts";

/**
 * Splits a block in which a reader goes from a shell into psql, or back: its programs are run, and its SQL is sent. One
 * in which the shell only opens psql stays whole, and so does one with directives, which may be about any part.
 */
export function splitConsole(block: Block): Block[] {
  const lines = block.content.replace(/\n$/, "").split("\n");
  const kinds = lines.map((line) =>
    isPsqlPrompt(line) ? "psql" : isShellPrompt(line) ? "shell" : undefined,
  );
  const runsMore = lines.some(
    (line, at) => kinds[at] === "shell" && (/[&;|]/.test(line) || !/\s(?:psql|exit)\b/.test(line)),
  );
  const hasDirectives = Object.keys(block.directives).length > 0;
  if (!kinds.includes("psql") || !runsMore || hasDirectives) return [block];
  const starts: number[] = [0];
  let kind = kinds.find((one) => one !== undefined);
  for (const [at, one] of kinds.entries()) {
    if (one === undefined || one === kind) continue;
    starts.push(at);
    kind = one;
  }
  return starts.map((from, index): Block => {
    const to = starts[index + 1] ?? lines.length;
    const content = `${lines.slice(from, to).join("\n")}\n`;
    return { ...block, content, first: block.first + from, last: block.first + to };
  });
}
