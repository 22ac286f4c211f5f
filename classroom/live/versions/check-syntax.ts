import { transform } from "esbuild";
import type { Problem } from "../questions.ts";

const loaders = { ts: "ts", mts: "ts", js: "js", mjs: "js" } as const;

/** Finds what keeps a text from being compiled. Only TypeScript and JavaScript are compiled here. */
export async function checkSyntax(text: string, language: string): Promise<Problem[]> {
  const loader = Object.entries(loaders).find(([ending]) => ending === language)?.[1];
  if (!loader) return [];
  try {
    await transform(text, { loader, format: "esm", target: "node20", logLevel: "silent" });
    return [];
  } catch (error) {
    if (!(error instanceof Error && "errors" in error && Array.isArray(error.errors))) throw error;
    return error.errors.map(
      (one): Problem => ({
        line: Number(one?.location?.line ?? 0),
        column: Number(one?.location?.column ?? -1) + 1,
        text: String(one?.text),
        isError: true,
      }),
    );
  }
}
