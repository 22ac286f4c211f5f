import { join } from "node:path";
import type { Result } from "./command.ts";
import { type Files, makeFiles } from "./files.ts";
import { given, sharedProject } from "./project.ts";

/** A part of a page: a fenced block, or text. */
export type Part = string | readonly [info: string, content: string];

/** Writes a fenced block. */
export function block(info: string, content: string): string {
  return `\`\`\`${info}\n${content}\n\`\`\`\n`;
}

/** Writes a page of these parts. */
export function pageOf(...parts: readonly Part[]): string {
  const texts = parts.map((part) => (typeof part === "string" ? `${part}\n` : block(...part)));
  return `# A page\n\n${texts.join("\n")}`;
}

/** A page next to nothing but what a test puts there. */
export interface TestPage extends Files {
  readonly file: string;
  /** Runs `run-guide` with the page, on the suite's server. */
  run(...choices: string[]): Promise<Result>;
  runWith(environment: NodeJS.ProcessEnv, ...choices: string[]): Promise<Result>;
}

/** Makes a page. It goes when the test is over. */
export function makePage(text: string): TestPage {
  const files = makeFiles("page", { "page.md": text });
  const file = join(files.directory, "page.md");
  const runWith: TestPage["runWith"] = (environment, ...choices) =>
    sharedProject().guide(["--guide", file, ...choices], environment);
  return { ...files, file, runWith, run: (...choices) => runWith(given, ...choices) };
}
