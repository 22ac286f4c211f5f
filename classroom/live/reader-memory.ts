import { join } from "node:path";
import { readRecord } from "../../runner/common/json.ts";
import { digestOf } from "../../runner/common/kept-texts.ts";
import { writeWhole } from "../../runner/common/write-files.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { cacheDirectory } from "../../runner/workspace/cache-directory.ts";

/** Statements that are kept. */
const MOST = 50;

/** What is remembered of a reader until the guide is opened the next time, apart from the versions. */
export type ReaderMemory = ReturnType<typeof openReaderMemory>;

export function openReaderMemory({ directory }: Guide) {
  const file = join(cacheDirectory(), "versions", digestOf(directory).slice(0, 16), "reader.json");
  const kept = readRecord(file);
  let asked = Array.isArray(kept.asked) ? kept.asked.filter((one) => typeof one === "string") : [];
  let library = typeof kept.library === "string" ? kept.library : "";

  function keep(): void {
    try {
      writeWhole(file, JSON.stringify({ asked, library }), 0o600);
    } catch {
      // then it lasts until the guide ends
    }
  }

  return {
    /** What the reader asked the database, the newest first. */
    asked: (): readonly string[] => asked,
    /** The client that the reader chose; empty at first. */
    library: () => library,

    rememberAsked(statement: string) {
      asked = [statement, ...asked.filter((one) => one !== statement)].slice(0, MOST);
      keep();
    },
    rememberLibrary(name: string) {
      library = name;
      keep();
    },
  };
}
