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

  /**
   * Finds the files that a command may use: those whose names it has, and those that they name.
   * @param command or several of them
   * @param files the texts of a client's files, by their paths
   */
  return (command: string, files: ReadonlyMap<string, string>): Set<string> => {
    const reached = new Set<string>();
    const texts = [command];
    for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
      const named = wordsOf(text);
      for (const [path, content] of files) {
        if (reached.has(path) || !named.has(nameOf(path))) continue;
        reached.add(path);
        texts.push(content);
      }
    }
    return reached;
  };
}
