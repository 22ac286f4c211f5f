import pc from "picocolors";
import { useColor } from "./color.ts";
import { visible } from "./visible.ts";

/** Colours TypeScript for a terminal; without colours, the code stays as it is. */
export async function highlight(code: string): Promise<string> {
  return useColor(process.stdout) ? paintCode(visible(code)) : visible(code);
}

/**
 * A terminal's own colours are readable on whatever background its owner has chosen. Of the sixteen,
 * those that are neither light nor dark. A theme can only hold numbers, so each stands for a paint.
 */
const color = pc.createColors(true);
const paints = new Map([
  ["#000001", color.dim],
  ["#000002", color.magenta],
  ["#000003", color.green],
  ["#000004", color.cyan],
]);
const settings = [
  { settings: { foreground: "#000000", background: "#ffffff" } }, // what has no scope below
  { scope: ["comment", "punctuation.definition.comment"], settings: { foreground: "#000001" } },
  { scope: ["keyword", "storage"], settings: { foreground: "#000002" } },
  { scope: ["string", "punctuation.definition.string"], settings: { foreground: "#000003" } },
  { scope: ["constant"], settings: { foreground: "#000004" } },
  { scope: ["keyword.operator", "meta.template.expression"], settings: { foreground: "#000000" } },
  {
    scope: ["keyword.operator.new", "keyword.operator.expression"],
    settings: { foreground: "#000002" },
  },
];
const theme = { name: "terminal", type: "dark" as const, fg: "#000000", bg: "#ffffff", settings };

let loading: ReturnType<typeof load> | undefined;

async function load() {
  const { createHighlighterCore } = await import("shiki/core");
  const { createJavaScriptRegexEngine } = await import("shiki/engine/javascript");
  return createHighlighterCore({
    langs: [import("shiki/langs/typescript.mjs")],
    themes: [theme],
    engine: createJavaScriptRegexEngine(),
  });
}

/** Colours TypeScript, wherever it is shown. */
export async function paintCode(code: string): Promise<string> {
  loading ??= load();
  // Without a time limit: on a busy machine, the rest of a line would stay without its colours.
  const options = { lang: "typescript", theme: theme.name, tokenizeTimeLimit: 0 } as const;
  const { tokens } = (await loading).codeToTokens(code, options);
  const paint = (text: string, foreground = "") => paints.get(foreground)?.(text) ?? text;
  return tokens
    .map((line) => line.map((token) => paint(token.content, token.color)).join(""))
    .join("\n");
}
