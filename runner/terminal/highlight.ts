import pc from "picocolors";
import { visible } from "../report/visible.ts";

/** Colours TypeScript for a terminal; without colours, the code stays as it is. */
export async function highlight(code: string): Promise<string> {
  const text = visible(code);
  if (!pc.isColorSupported) return text;

  const { createHighlighterCore } = await import("shiki/core");
  const { createJavaScriptRegexEngine } = await import("shiki/engine/javascript");
  const highlighter = await createHighlighterCore({
    langs: [import("shiki/langs/typescript.mjs")],
    themes: [import("shiki/themes/dark-plus.mjs")],
    engine: createJavaScriptRegexEngine(),
  });
  const { tokens } = highlighter.codeToTokens(text, { lang: "typescript", theme: "dark-plus" });
  return tokens
    .map((line) => line.map(({ content, color }) => paint(content, color)).join(""))
    .join("\n");
}

/** A colour of the theme, as the nearest of the 256 that nearly every terminal has. */
function paint(text: string, color = ""): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    parseInt(color.slice(at, at + 2), 16),
  );
  const isPlain = !color || Math.min(red, green, blue) > 0xc8;
  if (isPlain) return text; // readable on a light background, too
  const level = (part: number) => Math.round((part / 255) * 5);
  const index = 16 + 36 * level(red) + 6 * level(green) + level(blue);
  return `\x1b[38;5;${index}m${text}\x1b[39m`;
}
