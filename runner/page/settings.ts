import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../common/failure.ts";
import { withParents } from "../common/paths.ts";
import { readRegularFile } from "../common/read-files.ts";
import type { PageLine } from "../guide/guide.ts";
import { frontMatterEnd, pageLines } from "./read/read-blocks.ts";

/** What the author of a page, or of its folder, has set. */
export interface PageSettings {
  /** Of the clients' sessions and processes: Asia/Tokyo. */
  readonly timeZone?: string;
  /** What psql prints for NULL. */
  readonly nullText?: string;
  /** The oldest major version of PostgreSQL that the page is for. */
  readonly postgres?: number;
  /** In their order. */
  readonly setup: readonly SetupSql[];
  /** An SQL file with the database that each client begins with. Absolute path. */
  readonly sample?: string;
}

/** SQL that comes before the page's own. */
export interface SetupSql extends PageLine {
  readonly sql: string;
}

/** The settings of a folder's pages. */
export const SETTINGS_FILE = "guide-pages.json";

/** The fields, and what they look like. */
const examples = new Map([
  ["timeZone", '"Asia/Tokyo"'],
  ["null", '"[null]"'],
  ["postgres", "16"],
  [
    "setup",
    '"schema.sql", a statement such as "CREATE TABLE t (id int);", or a list of such texts',
  ],
  ["sample", '"sample.sql"'],
]);
const known = [...examples.keys()].join(", ");

/**
 * Reads the settings of a page: what its front matter says under `guide`, and for the rest what the nearest
 * `guide-pages.json` says, in its folder or one above, up to the root of the repository.
 * @throws Failure of kind "layout" that names the line
 */
export async function readSettings(page: string, lines: readonly string[]): Promise<PageSettings> {
  const folder = findSettings(page);
  const front = lines.slice(1, Math.max(frontMatterEnd(lines) - 1, 0));
  const ofFolder = folder ? await readFields(folder, readText(folder), 0) : {};
  const isSet = front.some((line) => /^guide\s*:/.test(line));
  const ofPage = isSet ? await readFields(page, front.join("\n"), 1, "guide") : {};
  const setup = [...(ofFolder.setup ?? []), ...(ofPage.setup ?? [])];
  return { ...ofFolder, ...ofPage, setup };
}

function findSettings(page: string): string | undefined {
  const folders = withParents(dirname(page));
  const top = folders.findIndex((folder) => existsSync(join(folder, ".git")));
  // Outside of a repository, a file above may be anyone's.
  const own = folders.slice(0, Math.max(top, 0) + 1).map((folder) => join(folder, SETTINGS_FILE));
  return own.find((file) => existsSync(file));
}

/**
 * @param text YAML, of which JSON is a part
 * @param above how many lines of the file come before the text
 * @param key under which the fields are; undefined if they are the whole text
 */
async function readFields(
  file: string,
  text: string,
  above: number,
  key?: string,
): Promise<Partial<PageSettings>> {
  const { isMap, isNode, isScalar, LineCounter, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const fail = (offset: number, reason: string): never => {
    const { line } = lineCounter.linePos(offset);
    throw new Failure("layout", `${basename(file)}:${line + above}: ${reason}`);
  };
  const [broken] = document.errors;
  if (broken) return fail(broken.pos[0], broken.message.split("\n")[0] ?? "");
  const map = key === undefined ? document.contents : document.get(key, true);
  if (!isMap(map)) {
    return fail(0, `The settings are not an object. The fields: ${known}.`);
  }
  let settings: Partial<PageSettings> = {};
  for (const pair of map.items) {
    // In YAML, a bare null is not a text.
    const name = isScalar(pair.key) ? String(pair.key.value) : "";
    const at = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
    const value: unknown = isNode(pair.value) ? pair.value.toJSON() : pair.value;
    if (name === "$schema" && key === undefined) continue; // for editors
    const example = examples.get(name);
    if (example === undefined) return fail(at, `Unknown field "${name}". The fields: ${known}.`);
    if (name === "null" && value === null) {
      return fail(at, 'In YAML, a bare null is not a text. Put it in quotes: null: "NULL".');
    }
    const read = readField(name, value, file, (reason) => fail(at, reason));
    settings = { ...settings, ...(read ?? fail(at, `"${name}" is not like ${example}.`)) };
  }
  return settings;
}

/** @returns undefined for a value that the field cannot have */
function readField(
  name: string,
  value: unknown,
  file: string,
  fail: (reason: string) => never,
): Partial<PageSettings> | undefined {
  const missing = (path: string) => fail(`There is no file ${path}.`);
  if (name === "null") return typeof value === "string" ? { nullText: value } : undefined;
  if (name === "postgres") {
    return Number.isInteger(value) && Number(value) > 0 ? { postgres: Number(value) } : undefined;
  }
  if (name === "setup") {
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    if (!texts.every(isText)) return undefined;
    return { setup: texts.map((text) => readSetup(text, file) ?? missing(text)) };
  }
  if (!isText(value)) return undefined;
  if (name === "timeZone") return isTimeZone(value) ? { timeZone: value } : undefined;
  const sample = resolve(dirname(file), value);
  return existsSync(sample) ? { sample } : missing(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** @returns undefined if the file is not there */
function readSetup(text: string, settings: string): SetupSql | undefined {
  if (!/^\S+\.sql$/i.test(text)) {
    return { file: settings, name: basename(settings), line: 1, sql: text };
  }
  const file = resolve(dirname(settings), text);
  const bytes = readRegularFile(file);
  return bytes && { file, name: text, line: 1, sql: bytes.toString("utf8") };
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function readText(file: string): string {
  const bytes = readRegularFile(file);
  if (!bytes) throw new Failure("layout", `${file} cannot be read.`);
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}

/** The SQL that comes first, for what the settings say about sessions and servers. */
export function setupsOf(
  { timeZone, postgres, setup }: PageSettings,
  page: string,
): readonly SetupSql[] {
  const own: string[] = [];
  if (postgres !== undefined) {
    own.push(
      `DO $$ BEGIN IF current_setting('server_version_num')::int < ${postgres}0000 THEN
  RAISE EXCEPTION 'the page is for PostgreSQL ${postgres} or newer, and this is %', current_setting('server_version');
END IF; END $$;`,
    );
  }
  if (timeZone !== undefined) {
    own.push(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), '${timeZone}'); END $$;
SET timezone = '${timeZone}';`,
    );
  }
  const place = { file: page, name: basename(page), line: 1 };
  return [...own.map((sql) => ({ ...place, sql })), ...setup];
}

/**
 * Lists the files that set up a page, by absolute paths: the settings of its folders, also where there are none
 * any more, and what they name. If they cannot be read, running the page says why.
 */
export async function setupFilesOf(
  page: string,
): Promise<{ readonly files: readonly string[]; readonly isReadable: boolean }> {
  const folders = withParents(dirname(page)).map((folder) => join(folder, SETTINGS_FILE));
  const text = readRegularFile(page)?.toString("utf8") ?? "";
  try {
    const { setup, sample } = await readSettings(page, pageLines(text));
    const named = [...setup.map(({ file }) => file), ...(sample ? [sample] : [])];
    return { files: [...folders, ...named], isReadable: true };
  } catch (error) {
    if (error instanceof Failure) return { files: folders, isReadable: false };
    throw error;
  }
}
