import type { ProgramCommand } from "./page.ts";

const oneOf = (names: string) => {
  const all = new Set(names.split(" "));
  return (language: string) => all.has(language);
};

/** True for a language of outputs, or none: the block may be anything. */
export function isPlain(language: string): boolean {
  return language === "" || isText(language);
}

const isText = oneOf("text plaintext txt output console");

/** True for a language of commands. */
export const isShellLanguage = oneOf(
  "bash sh shell zsh ksh ash dash shellscript console command commandline cli terminal terminal-session shell-session sh-session bash-session shellsession",
);

/** True for the language of Windows' cmd. */
export const isCmd = oneOf("cmd bat batch dos dosbatch winbatch doscon");
const isFurtherShell = oneOf(
  "powershell pwsh ps1 ps posh powershell-session pwsh-session fish csh tcsh nu nushell xonsh elvish",
);

/** True for a shell that has no `export`. */
export function hasNoExport(language: string): boolean {
  return isCmd(language) || /^(?:ps1?|posh|powershell|pwsh)(?:-|$)/.test(language);
}

/** True for the language of a shell that is not one of Unix, or not like the others. */
export function isOtherShell(language: string): boolean {
  return isCmd(language) || isFurtherShell(language);
}

/** True for a language of SQL that is sent. */
export const isSentSql = oneOf("sql pgsql postgresql postgres psql plpgsql plsql");

/** True for a language of SQL, be it one that is not sent: `mysql`, `pg`. */
export function isSqlLanguage(language: string): boolean {
  return isSentSql(language) || language === "pg" || language.includes("sql");
}

/** By the endings of their files. */
const programs: Readonly<Record<string, RegExp>> = {
  py: /^py/,
  js: /^(?:[cm]?jsx?|javascript|node)\b/,
  ts: /^(?:[cm]?tsx?|typescript)\b/,
};

const isOtherCode = oneOf(
  "go golang rust rs java kotlin swift c cpp c++ cs csharp php ruby rb elixir perl css scss prisma graphql docker dockerfile toml ini vue svelte diff",
);

/** True for the language of a program, or of a shell. */
export function isCode(language: string): boolean {
  const isProgram = Object.values(programs).some((one) => one.test(language));
  return isProgram || isShellLanguage(language) || isOtherShell(language) || isOtherCode(language);
}

/** True for what Node.js runs. */
export function isOfNode(language: string): boolean {
  return ["js", "ts"].some((ending) => programs[ending]?.test(language));
}

/** True for a file whose parts a block of a language may show. A `diff` is of any. */
export function isOfLanguage(path: string, language: string): boolean {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  const kind = ending.replace(/^[cm](?=[jt]s$)|(?<=^[jt]s)x$/g, "");
  return language === "diff" || (programs[kind]?.test(language) ?? ending === language);
}

/** What runs a block as a program of its own, by its language. The ending lets it use `await`. */
export const scripts: ReadonlyMap<string, readonly [ProgramCommand["program"], ending: string]> =
  new Map([
    ["python", ["python", "py"]],
    ["py", ["python", "py"]],
    ["js", ["node", "js"]],
    ["mjs", ["node", "mjs"]],
    ["javascript", ["node", "js"]],
    ["ts", ["tsx", "mts"]],
    ["typescript", ["tsx", "mts"]],
  ]);
