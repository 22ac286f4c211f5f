import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, onTestFinished } from "vitest";

/** A directory whose files a test may change, by names within it. */
export interface Files {
  readonly directory: string;
  read(file: string): string;
  write(file: string, text: string): void;
  edit(file: string, from: string, to: string): void;
  remove(file: string): void;
}

export function filesIn(directory: string): Files {
  const path = (file: string) => join(directory, file);
  const read = (file: string) => readFileSync(path(file), "utf8");
  const write = (file: string, text: string) => {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  };
  return {
    directory,
    read,
    write,
    edit(file, from, to) {
      const text = read(file);
      if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
      write(file, text.replace(from, to));
    },
    remove: (file) => rmSync(path(file), { recursive: true }),
  };
}

/** Makes a directory for a test, which is removed after it. */
export function makeDirectory(
  name: string,
  whenOver: (remove: () => void) => void = onTestFinished,
): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), `${name}-`)));
  whenOver(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  chmodSync(directory, 0o711); // the server's user passes through it
  return directory;
}

/** Makes a directory for the tests of a file. */
export function directoryForFile(name: string): string {
  return makeDirectory(name, afterAll);
}

/** Makes such a directory with files in it. */
export function makeFiles(name: string, files: Readonly<Record<string, string>>): Files {
  const made = filesIn(makeDirectory(name));
  for (const [file, text] of Object.entries(files)) made.write(file, text);
  return made;
}
