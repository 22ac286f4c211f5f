import { extname } from "node:path/posix";
import type { PageCommand } from "../page.ts";

/** Makes the files of the directory ES modules. */
export const esModule =
  /^npm (pkg set ["']?type=["']?module|init .*(--init-type[= ]module|\bes6\b))/;
/** Makes a package.json, in which newer versions write that its files are CommonJS. Not with an initializer's name. */
const makesPackage = /^p?npm init(?:\s+[-&>\d].*|\s*)$|^npm pkg set ["']?type=["']?commonjs/;

/** What only an ES module has. */
const moduleSyntax =
  /(?:^|;)[ \t]*(?:import\s*(?:["'{*]|type\b|[\w$]+\s*(?:,|from\b))|export\s*(?:[{*]|\w))|\bimport\.meta\b/m;
const awaits = /^(?:(?:export\s+)?(?:const|let|var)\b[^\n=]*=\s*)?(?:await\b|for\s+await\b)/m;

/** A text that asks for an edit of package.json. */
const asked = /\btype\b["'`]?\s*[:=]\s*["'`]?module\b|\btype\b\W+(?:to|as|is)\W+module\b/i;
const isDenied = /<script|\b(?:no|not|without)\b|n['’]t\b/i;

/** Watches whether a reader's package.json may say that programs are CommonJS, which the page does not show. */
export function watchModuleType() {
  /** The command that has made it. */
  let made: string | undefined;

  return {
    /** @param shown the package.json of the page by then */
    prepare(line: string, shown: string | undefined): void {
      if (esModule.test(line)) made = undefined;
      else if (makesPackage.test(line) && !/"type"\s*:/.test(shown ?? "")) made = line;
    },
    /** Note that the page shows or changes a file. */
    noteFile(path: string): void {
      if (/(?:^|\/)package\.json$/.test(path)) made = undefined;
    },
    /** Note what may only ask for a change. */
    readText(text: string): void {
      if (made === undefined) return;
      if (text.split("\n").some((line) => asked.test(line) && !isDenied.test(line)))
        made = undefined;
    },
    /** @returns why Node.js may not run a program, in a sentence */
    doubtOf(
      { program, options }: PageCommand,
      files: Iterable<readonly [path: string, text: string]>,
    ): string | undefined {
      if (made === undefined || program === "python") return undefined;
      // tsx makes CommonJS of it, where nothing awaits.
      const isTsx = program === "tsx" || options.some((one) => /\btsx\b/.test(one));
      const needsModule = (text: string) =>
        awaits.test(text) || (!isTsx && moduleSyntax.test(text));
      for (const [path, text] of files) {
        if (!/^\.[jt]sx?$/.test(extname(path)) || !needsModule(text)) continue;
        return `"${made}" may make ${path} CommonJS, as npm 11 does, and it is an ES module: add "npm pkg set type=module" below it.`;
      }
      return undefined;
    },
  };
}
