import { onlyReads } from "../sql/parse/only-reads.ts";
import { wordsOf } from "./command-line.ts";
import { isShellPrompt, promptOf } from "./prompts.ts";

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

const isOpen = (text: string) => /[$<>{}[\]%]/.test(text);

/**
 * The database to which a psql command connects, with its server, if that is named. As in libpq, what the command does
 * not name is in variables, and without one, the database has the user's name.
 * @param exported variables of the shell
 * @returns undefined where a variable or a placeholder names it
 */
export function databaseIn(
  line: string,
  exported: ReadonlyMap<string, string> = new Map(),
): string | undefined {
  const own = ownPart(line).replace(/\s<(?!\w[\w .-]*>).*$/, "");
  const before = line.slice(0, line.length - ownPart(line).length);
  const given = Array.from(
    before.matchAll(/\b(PG\w+)=["']?([^\s"']*)/g),
    ([, name = "", value = ""]) => [name, value] as const,
  );
  const variables = new Map([...exported, ...given]);
  const options = optionsOf(own);
  const optionOf = (one: string) => options.find(({ name }) => name === one)?.value;
  const [first, second] = options.filter(({ name }) => name === "").map(({ value }) => value);
  const named = optionOf("d") ?? first ?? "";
  if (isOpen(named)) return undefined;
  const isUrl = named.includes("://");
  const [, ofUrl, path = ""] = /:\/\/(?:[^@/]*@)?([^/?]*)\/?([^?]*)/.exec(named) ?? [];
  const word = (name: string) => new RegExp(`\\b${name}=["']?([^\\s"'&]+)`).exec(named)?.[1];
  if (isUrl && path === "") return undefined;
  const sudo = /\bsudo\s+-u\s+(\S+)/.exec(before)?.[1];
  const user = word("user") ?? optionOf("U") ?? second ?? variables.get("PGUSER") ?? sudo;
  const plain = isUrl ? path : named.includes("=") ? word("dbname") : named.toLowerCase();
  const database = plain || variables.get("PGDATABASE") || user || READERS_OWN;
  const host = ofUrl || word("host") || optionOf("h") || variables.get("PGHOST") || "";
  if (isOpen(database)) return undefined;
  const server = host
    .replace(/-pooler\b/, "")
    .replace(/:\d+$|^(?:localhost|127\.0\.0\.1|\/.*)(?=$|:)/g, "");
  return server === "" || isOpen(server) ? database : `${database} on ${server}`;
}

const READERS_OWN = "the one of the reader's name";

/** Also in a container. */
const opening =
  /^(?!.*\binstall\b)\s*(?:\w+=\S*\s+)*(?:(?:sudo|docker|docker-compose|podman|kubectl)\s(?:[^|;&<]*\s)?)?psql(?=\s|$)(?! \([\d.]+)/;

/** True for psql without SQL, with a prompt before it or not, and not for what it says of itself. */
export function opensPsql(line: string): boolean {
  const command = isShellPrompt(line) ? line.replace(promptOf(line), "") : line;
  if (!opening.test(command)) return false;
  const ends = ["f", "c", "l", "V", "?", "--list", "--version", "--help"];
  const own = ownPart(command);
  return !own.includes("<") && !optionsOf(own).some(({ name }) => ends.includes(name));
}
