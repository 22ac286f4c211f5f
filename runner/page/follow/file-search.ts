import { basename } from "node:path/posix";

/** What other files call a file: its name without an ending, or that of the package which it is. */
function nameOf(path: string): string {
  const name =
    basename(path)
      .split(".")
      .find((part) => part !== "") ?? "";
  const isOfPackage = /^(?:index|__init__|__main__)$/.test(name) && path.includes("/");
  return isOfPackage ? basename(path.replace(/\/[^/]*$/, "")) : name;
}

/** Looks for files by their names. What it has read is kept: a page has the same file at many runs. */
export function openFileSearch() {
  const words = new Map<string, ReadonlySet<string>>();
  const wordsOf = (text: string): ReadonlySet<string> => {
    const known = words.get(text) ?? new Set(text.match(/[\w$-]+/g));
    words.set(text, known);
    return known;
  };

  const names = new Map<string, string>();
  const knownNameOf = (path: string): string => {
    const known = names.get(path) ?? nameOf(path);
    names.set(path, known);
    return known;
  };

  /** Finds the files that a command may use: those whose names it has, and those that they name. */
  return (command: string, files: ReadonlyMap<string, string>): Set<string> => {
    const byName = new Map<string, string[]>();
    for (const path of files.keys()) {
      const name = knownNameOf(path);
      const paths = byName.get(name) ?? [];
      paths.push(path);
      byName.set(name, paths);
    }
    const reached = new Set<string>();
    const texts = [command];
    for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
      for (const path of [...wordsOf(text)].flatMap((word) => byName.get(word) ?? [])) {
        if (reached.has(path)) continue;
        reached.add(path);
        texts.push(files.get(path) ?? "");
      }
    }
    return reached;
  };
}
