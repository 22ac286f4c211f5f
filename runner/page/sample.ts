import { statSync } from "node:fs";
import { basename } from "node:path";
import { Failure, messageOf } from "../common/failure.ts";
import { digestOf } from "../common/kept-texts.ts";
import { readRegularFile } from "../common/read-files.ts";
import { abridge } from "../common/secrets.ts";
import type { Sample } from "../database/sample.ts";
import { findStatement, reachesBeyond, touchesMachine } from "./sql/parse/reaches-beyond.ts";

const SAMPLE_LIMIT = 1024 ** 3;

/** The samples of files, by their names and times: all pages of a folder may begin with the same one. */
const known = new Map<string, Sample>();

/** Makes a sample database of an SQL file, such as pg_dump writes. */
export function sampleOf(file: string): Sample {
  const { mtimeMs = 0, size = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  const name = `${file} ${mtimeMs} ${size}`;
  const sample = known.get(name) ?? {
    key: digestOf(readSample(file)),
    fill: (url) => fill(url, file, readSample(file)),
  };
  known.set(name, sample);
  return sample;
}

/** Its text is not kept: it is only needed once on a server. */
function readSample(file: string): string {
  const bytes = readRegularFile(file, SAMPLE_LIMIT);
  if (!bytes) throw new Failure("layout", `The sample database ${file} cannot be read.`);
  return bytes.toString("utf8").replaceAll("\r\n", "\n");
}

async function fill(url: string, file: string, dump: string): Promise<void> {
  const { default: postgres } = await import("postgres");
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const send = async (text: string) => {
    const statements = text.replace(skipped, "");
    refuseBeyond(statements);
    await sql.unsafe(statements).simple();
  };
  try {
    let at = 0;
    for (const { index, 0: all, 1: command = "", 2: rows } of dump.matchAll(copied)) {
      await send(dump.slice(at, index));
      const stream = await sql.unsafe(command).writable();
      const done = new Promise((resolve, reject) => {
        stream.on("finish", resolve).on("error", reject);
      });
      stream.end(rows);
      await done;
      at = index + all.length;
    }
    await send(dump.slice(at));
  } catch (error) {
    throw new Failure(
      "layout",
      `The sample database ${basename(file)} cannot be made: ${messageOf(error)}.`,
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** @throws Failure of kind "layout" for what would change more than the sample's own database */
function refuseBeyond(sql: string): void {
  const statement = findStatement(sql, (one) => reachesBeyond(one) || touchesMachine(one));
  if (statement === undefined) return;
  const [line = ""] = statement.trim().split("\n");
  throw new Failure(
    "layout",
    `it must only change its own database, and has "${abridge(line, 80)}". Make the dump with pg_dump, without --create`,
  );
}

/** What only an owner or a superuser may do, and psql's own commands of a dump. */
const skipped = /^(?:ALTER .* OWNER TO .*;|COMMENT ON EXTENSION .*;|\\(?:un)?restrict .*)$/gm;

/** The rows below a COPY, up to `\.`. */
const copied = /^(COPY .* FROM stdin);\n([\s\S]*?)^\\\.$/gim;
