import { onlyReads } from "../sql/parse/only-reads.ts";
import { wordsOf } from "./command-line.ts";

/** Options with a value, by their letters. */
const longNames: Readonly<Record<string, string>> = {
  set: "v",
  variable: "v",
  pset: "P",
  "field-separator": "F",
  "record-separator": "R",
  output: "o",
  "table-attr": "T",
  username: "U",
  host: "h",
  port: "p",
  dbname: "d",
  file: "f",
  command: "c",
  "log-file": "L",
  csv: "csv",
  expanded: "x",
  "tuples-only": "t",
  "no-align": "A",
  html: "H",
  quiet: "q",
  "echo-all": "a",
  "echo-queries": "e",
  "single-step": "s",
  "single-line": "S",
  "single-transaction": "1",
  "no-psqlrc": "X",
  password: "W",
  "no-password": "w",
  "no-readline": "n",
  "echo-hidden": "E",
};
const withValue = new Set("vPFRoTUhpdfLc");
/** They say where psql connects to, or change no output. */
const harmless = new Set(["", ..."XWwnEhpdfLT1"]);
/** What others are short for: a command of psql's own. */
const commands: Readonly<Record<string, string>> = {
  csv: "\\pset format csv",
  x: "\\x on",
  t: "\\t on",
  A: "\\a",
  H: "\\H",
  q: "\\set QUIET on",
  a: "\\set ECHO all",
  e: "\\set ECHO queries",
  s: "\\set SINGLESTEP on",
  S: "\\set SINGLELINE on",
};

interface Option {
  readonly name: string;
  readonly value: string;
}

/** Reads the options of a psql command as getopt does: `-qAt`, `-v a=1`, `--set=a=1`. */
function optionsOf(line: string): Option[] {
  const words = wordsOf(line).slice(1);
  const options: Option[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word.startsWith("--")) {
      const [, long = "", given] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      const name = longNames[long] ?? word;
      const value = given ?? (withValue.has(name) ? words.shift() : undefined) ?? "";
      options.push({ name, value });
    } else if (!word.startsWith("-")) {
      options.push({ name: "", value: word });
    } else if (/^-./.test(word)) {
      let rest = word.slice(1);
      while (rest !== "") {
        const name = rest.charAt(0);
        rest = rest.slice(1);
        const value = withValue.has(name) ? rest || (words.shift() ?? "") : "";
        if (withValue.has(name)) rest = "";
        options.push({ name, value });
      }
    }
  }
  return options;
}

/** The SQL of a file with what the options of its psql command say, as commands of psql's own. */
export function withOptions(line: string, sql: string): string {
  const options = optionsOf(line);
  const lines = options.map((option) => `${commandOf(option)}\n`).filter((text) => text !== "\n");
  const isTransaction = options.some(({ name }) => name === "1");
  return lines.join("") + (isTransaction ? `BEGIN;\n${sql}\n;COMMIT;` : sql);
}

/** @returns an empty text for what changes nothing; for what is not known, a command that psql has not */
function commandOf({ name, value }: Option): string {
  const quoted = `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  switch (name) {
    case "v": {
      const [, variable, text = ""] = /^([^=]+)=(.*)$/s.exec(value) ?? [];
      const word = text.replaceAll("\\", "\\\\").replaceAll("'", "''");
      return variable === undefined ? `\\unset ${value}` : `\\set ${variable} '${word}'`;
    }
    case "P":
      return `\\pset ${value.replace("=", " ")}`;
    case "F":
      return `\\pset fieldsep ${quoted}`;
    case "R":
      return `\\pset recordsep ${quoted}`;
    case "o":
      return `\\o ${quoted}`;
    case "U":
      return `\\connect - ${quoted}`;
  }
  if (harmless.has(name)) return "";
  return commands[name] ?? `\\${name.startsWith("-") ? name : `-${name}`}`;
}

/** A line from the word psql on. */
const ownPart = (line: string) => line.replace(/^.*?(?=\bpsql\b)/s, "");

/** True for a psql command that is only given SQL, in its words, which changes nothing. */
export function psqlOnlyReads(line: string): boolean {
  const sent = optionsOf(ownPart(line)).filter(({ name }) => name === "c" || name === "f");
  const isGiven = sent.length > 0 && !/<|\|\s*psql\b/.test(line);
  return isGiven && sent.every(({ name, value }) => name === "c" && onlyReads(value));
}

/**
 * The database that a psql command names, with its server, where a connection string has one.
 * @returns undefined where it names none, or a variable or a placeholder
 */
export function databaseIn(line: string): string | undefined {
  const options = optionsOf(ownPart(line).replace(/\s<.*$/, ""));
  const named = options.find(({ name }) => name === "d") ?? options.find(({ name }) => name === "");
  const value = named?.value ?? "";
  if (value === "" || /[$<>{}[\]%]/.test(value)) return undefined;
  const [, host = "", path = ""] = /:\/\/(?:[^@/]*@)?([^/?]*)\/?([^?]*)/.exec(value) ?? [];
  if (!value.includes("://")) {
    const [, name] = /\bdbname=["']?([\w-]+)/.exec(value) ?? [];
    return /=/.test(value) ? name : value.toLowerCase();
  }
  if (path === "") return undefined;
  const server = host.replace(/-pooler\b/, "").replace(/:\d+$|^(?:localhost|127\.0\.0\.1)\b/g, "");
  return server === "" ? path : `${path} on ${server}`;
}
