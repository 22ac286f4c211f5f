import { posix } from "node:path";
import type { PageCommand, ProgramCommand } from "../page.ts";

/** The names of the files that a page has shown so far. */
export type KnownNames = Pick<ReadonlySet<string>, "has">;

export type CommandLine =
  | { readonly kind: "run"; readonly command: PageCommand }
  | { readonly kind: "preparation" }
  | { readonly kind: "endless" }
  | { readonly kind: "other" };

/** The names of Python in a shell: the source of a pattern. */
export const python = "(?:python3?(?:\\.\\d+)?|py)";
/** What runs a file that is its first word. */
export const runner = `(?:node|${python}|(?:npx )?(?:tsx|ts-node))`;

const preparation = new RegExp(
  `^(?:(?:mkdir|cd|pushd|popd|chdir|Set-Location|touch|(?:npm (?:init|install|i|ci|add|pkg)|pnpm (?:init|install|add)|yarn (?:init|add|install)|poetry (?:add|init|install)|uv (?:init|add|venv|pip|sync)|${python} -m (?:venv|pip)|pip3?|pipenv|virtualenv|npx tsc --init|git (?:clone|init)|export|unset|setx?|source|\\.))(?=\\s|$)|yarn$|(?:& *)?["']?\\S*[Aa]ctivate(?:\\.\\w+)?["']?(?:\\s|$)|\\$[Ee][Nn][Vv]:\\w+ *=)`,
);

/** What means nothing to a shell: text in quotes, and a character behind a backslash. */
export const quoted = /'[^']*'|"(?:\\.|[^"\\$`])*"|\\[\s\S]/g;

/** What a shell puts in its place. */
const substituted = /\$\([^()]*\)|`[^`]*`/g;
/** What is printed goes nowhere. */
export const quiet = /\s*(?:&>|\d?>>?)\s*(?:\/dev\/null|\$null|nul)\b|\s*\d?>&\d/gi;
const inQuotes = /"(?:\\.|[^"\\])*"|'[^']*'/g;
/** A placeholder, or a version of a package that should be in quotes. */
const noOperator = /<\w[\w .-]*>|(?<=[\w\]])[<>]=?[\d.]+/g;

/** True for a command that prepares, and does nothing else. */
export function isPreparation(line: string): boolean {
  if (!preparation.test(line)) return false;
  const own = line.replace(/^& */, "").replace(substituted, "_").replace(inQuotes, "_");
  return !/[|<>&\n]/.test(own.replace(quiet, "").replace(noOperator, ""));
}

/** The commands whose output a shell puts in their place. */
export function substitutedIn(line: string): string[] {
  const own = line.replace(/'[^']*'/g, "_");
  return (own.match(substituted) ?? []).map((one) => one.replace(/^\$\(|^`|[)`]$/g, "").trim());
}

const LONGEST_LINE = 10_000;

/** A command with nothing but a file. */
export const noWords = { folder: "", options: [], words: [], variables: new Map<string, string>() };

/** psql with a file: its SQL is sent as the page's own is. */
const psqlFile =
  /^psql\b(?:(?!\s(?:-f|--file))[^|;&])*?(?:\s-f\s*|\s--file[= ]|\s<\s*)["']?([\w./-]+)["']?\s*$/;

/** True for a pipe, a redirection or a second command. A page does not get a shell. */
export function needsShell(line: string): boolean {
  return /["'|<>&;`$(){}*?~]|%\w+%/.test(line.replace(quoted, "_"));
}

/** Reads the words of a command as a shell does. A backslash of Windows stays. */
export function wordsOf(line: string): string[] {
  const pieces = /'([^']*)'|"((?:\\.|[^"\\])*)"|\\([\s"'\\$`|&;<>(){}*?~#!])|([^\s"'])/g;
  const words = line.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\[\s"']|[^\s"'])+/g) ?? [];
  return words.map((word) =>
    word.replace(pieces, (_, single, double, escaped, other) =>
      typeof double === "string"
        ? double.replace(/\\(["\\$`])/g, "$1")
        : String(single ?? escaped ?? other),
    ),
  );
}

/** What is given to a command in the lines below it. */
export const hereDocument = /<<-?\s*["']?(\w+)["']?/;

/** Splits a line at `&&` and `;`. What is in quotes or in parentheses stays together, and a comment is left out. */
export function splitCommands(line: string): string[] {
  if (line.length > LONGEST_LINE || hereDocument.test(line)) return [line];
  const text = line.replace(/^((?:"[^"]*"|'[^']*'|[^"'])*?)\s#.*$/s, "$1");
  const parts = /(?:"(?:\\.|[^"\\])*"|'[^']*'|`[^`]*`|\([^()]*\)|(?<!&)&(?!&)|[^;&])+/g;
  return (text.match(parts) ?? []).map((part) => part.trim()).filter((part) => part !== "");
}

/** The file that a command runs, whether the page has it or not. */
export function fileOf(line: string): string | undefined {
  const sqlFile = sqlFileOf(line);
  if (sqlFile !== undefined) return sqlFile;
  const read = readCommandLine(line, { has: (name) => /\.\w+$/.test(name) });
  return read.kind === "run" ? read.command.file : undefined;
}

/** The file that a command gives to psql. */
function sqlFileOf(line: string): string | undefined {
  return psqlFile.exec(line.slice(0, LONGEST_LINE))?.[1]?.replace(/^(\.\/)+/, "");
}

/**
 * Finds a file of the page by its name in a folder. The page may have the folder, or only the end of its path. In src,
 * `src/app.js` is not the page's.
 */
function placeOf(name: string, folder: string, files: KnownNames) {
  const parts = folder.split("/");
  const isElsewhere = folder !== "" && name.startsWith(`${parts.at(-1)}/`);
  if (isElsewhere && !files.has(posix.join(folder, name))) return undefined;
  const folders = [...parts.map((_, at) => parts.slice(at).join("/")), ""];
  const found = folders.find((one) => files.has(posix.join(one, name)));
  return found === undefined ? undefined : { folder: found, file: posix.join(found, name) };
}

/**
 * Reads one line of a shell block.
 * @param files the files that the page has named so far: only what runs one of them is run
 * @param folder where the shell is
 */
export function readCommandLine(line: string, files: KnownNames, folder = ""): CommandLine {
  if (line.length > LONGEST_LINE) return { kind: "other" };
  if (isPreparation(line)) return { kind: "preparation" };
  const sqlFile = sqlFileOf(line);
  const sqlPlace = sqlFile === undefined ? undefined : placeOf(sqlFile, folder, files);
  if (sqlPlace) {
    return { kind: "run", command: { program: "psql", ...noWords, ...sqlPlace, text: line } };
  }
  const [, assigned = "", typed = ""] = assignments.exec(line) ?? [];
  const variables = variablesIn(assigned);
  if (!variables || needsShell(line)) return { kind: "other" };
  const run = runOf(typed, files, folder);
  if (!run) return { kind: "other" };
  const isEndless = run.options.includes("--watch") || run.options.includes("watch");
  return isEndless
    ? { kind: "endless" }
    : { kind: "run", command: { ...run, text: line, variables } };
}

/** Reads a command that runs a file of the page. What only a shell could do with its words is not done. */
export function runOf(
  text: string,
  files: KnownNames,
  folder = "",
): Omit<ProgramCommand, "text" | "variables"> | undefined {
  const [program, rest] = programOf(wordsOf(text));
  const at = rest.findIndex((word, index) => {
    return !word.startsWith("-") && !takesValue.test(rest[index - 1] ?? "");
  });
  const place = placeOf(rest[at]?.replaceAll("\\", "/") ?? "", folder, files);
  if (!program || !place) return undefined;
  return { program, ...place, options: rest.slice(0, at), words: rest.slice(at + 1) };
}

/** Options whose value is the next word. */
const takesValue =
  /^(?:-[rCWX]|--(?:require|import|loader|experimental-loader|env-file|env-file-if-exists|conditions|tsconfig))$/;

const assignments = /^((?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"']*)\s+)*)(.*)$/s;

/** What leads to a database: the command's own value is not that of the scratch database. */
const connects = /^(?:PG|DB|DATABASE|POSTGRES|NEON)|URL|URI|HOST|PORT|USER|PASS/i;

/** True for a variable that may lead to a database, by its name or its value. */
export function mayLead(name: string, value: string): boolean {
  return connects.test(name) || value.includes("://");
}

/** @returns undefined if they say to which database the command connects */
function variablesIn(text: string): Map<string, string> | undefined {
  const pairs = [...text.matchAll(/(\w+)=(?:"([^"]*)"|'([^']*)'|(\S*))\s/g)].map(
    ([, name = "", ...values]) =>
      [name, values.find((value) => value !== undefined) ?? ""] as const,
  );
  if (pairs.some(([name, value]) => mayLead(name, value))) return undefined;
  return new Map(pairs);
}

function programOf(words: readonly string[]): [ProgramCommand["program"] | undefined, string[]] {
  const [first = "", second = "", ...rest] = words;
  if (new RegExp(`^${python}$`).test(first)) return ["python", words.slice(1)];
  if (first === "node") return ["node", words.slice(1)];
  if (first === "tsx" || first === "ts-node") return ["tsx", words.slice(1)];
  if (first === "npx" && (second === "tsx" || second === "ts-node")) return ["tsx", rest];
  return [undefined, []];
}
