import { join } from "node:path";
import { readRecord } from "../../runner/common/json.ts";
import { digestOf } from "../../runner/common/kept-texts.ts";
import { writeWhole } from "../../runner/common/write-files.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { cacheDirectory } from "../../runner/workspace/cache-directory.ts";

/** Statements that are kept. */
const MOST = 50;

interface Memory {
  readonly asked: readonly string[];
  readonly library: string;
}

/** What is remembered of a reader until the guide is opened the next time, apart from the versions. */
export type ReaderMemory = ReturnType<typeof openReaderMemory>;

export function openReaderMemory({ directory }: Pick<Guide, "directory">) {
  const file = join(cacheDirectory(), "versions", digestOf(directory).slice(0, 16), "reader.json");
  /** What could not be written: it lasts until the guide ends. */
  let unwritten: Memory | undefined;

  /** Always from the file: the guide may be open in another terminal, too. */
  function recall(): Memory {
    if (unwritten) return unwritten;
    const { asked, library } = readRecord(file);
    return {
      asked: Array.isArray(asked) ? asked.filter((one) => typeof one === "string") : [],
      library: typeof library === "string" ? library : "",
    };
  }

  function keep(memory: Memory): void {
    try {
      writeWhole(file, JSON.stringify(memory), 0o600);
      unwritten = undefined;
    } catch {
      unwritten = memory;
    }
  }

  return {
    /** What the reader asked the database, the newest first. */
    asked: () => recall().asked,
    /** The client that the reader chose; empty at first. */
    library: () => recall().library,

    rememberAsked(statement: string) {
      const { asked, library } = recall();
      const others = asked.filter((one) => one !== statement);
      keep({ asked: [statement, ...others].slice(0, MOST), library });
    },
    rememberLibrary(library: string) {
      keep({ ...recall(), library });
    },
  };
}
