import { isRecord, readRecord } from "../common/json.ts";
import { findAbove } from "../common/paths.ts";

const manager = /\b(?:npm|pnpm|yarn|bun|node\s+--run)\b/;
/** `cd app`, `make -C app`, `npm --prefix app`, and the option of a call. */
const elsewhere =
  /(?:\bcd|\s-C|--(?:prefix|cwd|dir|directory)[\s=]|\bcwd["']?\s*[:=])\s*["']?((?:\.\/)?[\w@][\w@./-]*)/g;
/** Where a command begins, in a shell or in a string, and not in a sentence. */
const builder = /(?:^|[;&|("'`]|\b(?:then|do))\s*(?:make|just)\b/m;

const isManifest = /[\\/](?:guide|standalone)\.json$/;

/** Gives the command lines of guide.json and standalone.json. Other settings have none. */
export function programsOf(file: string): string {
  const { programs, run } = isManifest.test(file) ? readRecord(file) : {};
  const lines = isRecord(programs) ? Object.values(programs) : [run];
  return lines.flat().join(" ");
}

/** Names the folders to which a text goes for its commands. */
export function foldersOf(text: string): readonly string[] {
  return [...text.matchAll(elsewhere)].map(([, folder = ""]) => folder);
}

/** Names the files in which `make` and `just` find what to do, if a text starts one. */
export function buildFilesOf(text: string): readonly string[] {
  return builder.test(text) ? ["Makefile", "makefile", "GNUmakefile", "justfile", "Justfile"] : [];
}

/** True for a file of commands by its name, which has no ending. */
export const isBuildFile = /[\\/](?:GNUm|[Mm])akefile$|[\\/][Jj]ustfile$/;

/**
 * Finds the scripts of a package that a text may start: with a package manager, by their names, and those that they
 * start in turn. The others of the package don't matter.
 * @param directory the package is here, or above
 * @returns the package.json, and these scripts
 */
export function calledScripts(directory: string, text: string): [file: string, scripts: string][] {
  const file = manager.test(text) ? findAbove(directory, "package.json") : undefined;
  if (file === undefined) return [];
  const { scripts } = readRecord(file);
  let open = Object.entries(isRecord(scripts) ? scripts : {});
  let called = "";
  for (let more = text; more !== ""; ) {
    const isCalled = ([name]: [string, unknown]) => wordIn(more, name.replace(/^(?:pre|post)/, ""));
    const found = open.filter(isCalled);
    open = open.filter((one) => !found.includes(one));
    more = found.map(([, script]) => `${script}\n`).join("");
    called += more;
  }
  return called === "" ? [] : [[file, called]];
}

function wordIn(text: string, name: string): boolean {
  const escaped = name.replace(/[^\w:-]/g, "\\$&");
  return name !== "" && new RegExp(`(?<![\\w:-])${escaped}(?![\\w:-])`).test(text);
}
