import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "dotenv";
import { attempt, Failure } from "../common/failure.ts";
import { withParents } from "../common/paths.ts";
import { blockComment } from "./hardcoded-hosts.ts";
import { isSetByRunner } from "./step-environment.ts";

/** libpq follows them, whatever else is set. */
const isFollowed = /^PG(?:HOSTADDR|SERVICE|SERVICEFILE)$/;
const leads =
  /^(?:DB|PG|POSTGRES|POSTGRESQL|DATABASE)_?(?:HOST\w*|SERVER|NAME|DATABASE|USER\w*|PASS\w*|PORT|UR[LI]|DSN)$/i;
const connectionString = /^(?:jdbc:)?postgres[\w+]*:/i;

const isEnvironment = /^\.env(?:rc$|\.|$)|\w\.env$/;
const example = /\.(?:example|sample|template|dist|vault)$/;
/** Libraries that read such files, by their names and calls. */
const libraries =
  /dotenv|loadEnv|read_env|\bdecouple\b|\benvirons\b|\benviron\.Env\b|pydantic_settings|\bBaseSettings\b/i;
const mayRead = new RegExp(
  `(?<!\\w)\\.env|\\w\\.env\\b(?!\\.)|\\bprisma\\b|${libraries.source}`,
  "i",
);

/** Libraries that let variables of a file replace those that are set, or are told to. */
const replacing =
  /\boverride\b|\boverwrite\b|\boverload|dotenv_values|DotNetEnv|\bpopulate\b|createMutable|createUnsafeMutable/i;
/** Calls that replace nothing, with what is between their brackets. */
const loading =
  /\b(?:loadEnvFile|config|load_dotenv|dotenv\.load|godotenv\.Load)\((?:[^()]|\([^()]*\))*\)/gi;
/** In a shell: such a file is written, named in another file, or looked for. */
const writing =
  /\becho\s+["']?\.env["']?\s*>|(?:>|\b(?:tee|touch|cp\s+\S+)\s|(?:\[|\btest)\s+-[efrs]\s)\s*["']?(?:\.\/)?\.env\b["']?/g;
/** In these languages, a library reads such a file, unless the script reads it itself or starts a shell. */
const withLibraries = /\.(?:[cm]?[jt]sx?|py|rb|php|go|java|kt|cs|rs|exs?)$/;
const byHand =
  /readFile|createReadStream|\bopen\b|\bread|\bparse\b|exec|spawn|popen|subprocess|\$`|\bsystem\b/i;

/** How deep folders below the guide's are searched. */
const DEPTH = 3;

/**
 * Looks for a file of the reader's, such as .env, with a database that scripts may use in place of the run's. Its
 * variables that the runner sets do no harm, unless a script lets them replace those; others, if a script names them.
 * @param directory where the scripts are
 * @param texts the scripts, by their files
 * @returns the path of the file
 */
export function findReadersEnvFile(
  directory: string,
  texts: ReadonlyMap<string, string>,
): string | undefined {
  if (![...texts.values()].some((text) => mayRead.test(text))) return undefined;
  const scripts = [...texts].map(([file, text]) => ({ file, code: withoutRemarks(text) }));
  const readers = scripts.filter(({ code }) => mayRead.test(code));
  if (readers.length === 0) return undefined;
  const isUsed = (name: string) =>
    isFollowed.test(name) ||
    scripts.some(({ code }) => new RegExp(`\\b${name}\\b`, "i").test(code));
  return filesAround(directory, readers).find((file) => {
    const names = variablesIn(file);
    const isReplaced = readers.some((script) => replaces(script, basename(file)));
    const isOfSchema = existsSync(join(dirname(file), "schema.prisma")); // prisma reads what is next to it
    return names.some((name) => (isSetByRunner(name) ? isReplaced : isOfSchema || isUsed(name)));
  });
}

/** @throws Failure of kind "layout" for steps that may use the reader's database in place of the guide's */
export function refuseReadersEnvFile(directory: string, texts: ReadonlyMap<string, string>): void {
  const file = findReadersEnvFile(directory, texts);
  if (!file) return;
  throw new Failure(
    "layout",
    `A step may use the database in ${file}, which may be yours, not the guide's. Move the file away, or change the step.`,
  );
}

interface Script {
  readonly file: string;
  readonly code: string;
}

/** @param name of a file with variables */
function replaces({ file, code }: Script, name: string): boolean {
  if (replacing.test(code) && libraries.test(code)) return true;
  const rest = code
    .replace(/--env-file(?:-if-exists)?[= ]\S+/g, "")
    .replace(loading, "")
    .replace(writing, "");
  const pattern = name.replaceAll(".", "\\.");
  if (!new RegExp(`(?<![\\w.])${pattern}(?![\\w-]|\\.\\w)`).test(rest)) return false;
  return !withLibraries.test(file) || byHand.test(rest);
}

/** A line of a sentence is not longer, in characters. */
const LONG = 400;

/** Leaves out comments, and sentences that are printed. */
function withoutRemarks(text: string): string {
  const isSentence =
    /(?:Error|echo|print\w*|log|warn|puts|raise|die|fail|abort)\W.*["'][^"']*\s[^"']*\.env\b(?!.*(?:\$\(|`))/i;
  return text
    .replace(blockComment, "")
    .replace(/^\s*(?:#|\/\/|--\s).*$|\s(?:#|\/\/)\s.*$/gm, "")
    .replace(/^.*$/gm, (line) => (line.length < LONG && isSentence.test(line) ? "" : line));
}

/** Files with variables: in the folders below, in all above, as python-dotenv looks for them, and those that are named. */
function filesAround(directory: string, readers: readonly Script[]): string[] {
  const above = withParents(dirname(directory));
  const named = readers.flatMap(({ file, code }) =>
    (code.match(/[\w@./-]*\.env[\w.-]*/g) ?? []).flatMap((path) =>
      [directory, dirname(file)].map((place) => resolve(place, path)),
    ),
  );
  const found = [
    ...filesBelow(directory, DEPTH),
    ...above.flatMap((place) => filesBelow(place, 0)),
  ];
  return [...new Set([...found, ...named])].filter((path) => !example.test(path));
}

function filesBelow(directory: string, depth: number): string[] {
  return attempt(() => readdirSync(directory), []).flatMap((name) => {
    const path = join(directory, name);
    if (isEnvironment.test(name)) return path;
    if (depth === 0 || /^(?:\..*|node_modules|venv|__pycache__)$/.test(name)) return [];
    return attempt(() => statSync(path).isDirectory(), false) ? filesBelow(path, depth - 1) : [];
  });
}

/** Names the variables of a file that lead to a database. */
function variablesIn(file: string): string[] {
  const text = attempt(() => (statSync(file).isFile() ? readFileSync(file, "utf8") : ""), "");
  return Object.entries(parse(text)).flatMap(([name, value]) => {
    const isLeading = isFollowed.test(name) || leads.test(name) || connectionString.test(value);
    return isLeading && value !== "" ? name : [];
  });
}
