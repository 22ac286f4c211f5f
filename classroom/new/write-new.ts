import { existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { makeDirectories, writing } from "../../runner/common/write-files.ts";

/**
 * Write new files, and then what lists them: all or none.
 * @param files texts by absolute paths
 * @param list adds their names where they are listed
 * @throws Failure of kind "usage" if one exists already, or cannot be written
 */
export function writeNew(files: ReadonlyMap<string, string>, list = () => {}): void {
  const names = [...files.keys()];
  const taken = names.find((file) => existsSync(file));
  if (taken !== undefined) {
    const message = `${show(taken)} exists already. Choose another name: nothing is replaced.`;
    throw new Failure("usage", message);
  }
  const written: string[] = [];
  writing(show(names[0] ?? ""), () => {
    try {
      // If a directory cannot be made, no file is written.
      for (const file of names) makeDirectories(dirname(file));
      for (const [file, text] of files) {
        writeFileSync(file, "", { flag: "wx" }); // ours from here on
        written.push(file);
        writeFileSync(file, text);
      }
      list();
    } catch (error) {
      for (const file of written) rmSync(file);
      throw error;
    }
  });
}

/** A path as a reader types it. */
export function show(path: string): string {
  return relative(process.cwd(), path) || ".";
}
