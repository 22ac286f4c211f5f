import { parse } from "dotenv";
import { abridge } from "../../common/secrets.ts";
import { mayLead, wordsOf } from "./command-line.ts";

/** What a line of a shell does to the variables that its programs get. */
type Change =
  | { readonly kind: "set"; readonly values: ReadonlyMap<string, string> }
  /** To what only a shell can work out, such as `$HOME/data`. */
  | { readonly kind: "unknown"; readonly names: readonly string[] }
  | { readonly kind: "unset"; readonly names: readonly string[] }
  /** From then on, all variables of the shell are its programs', too, or not: `set -a`, `set +a`. */
  | { readonly kind: "export all"; readonly isOn: boolean }
  /** It runs a file in the shell: `source .env`. Its variables are its programs' only if something exports them. */
  | { readonly kind: "source"; readonly path: string }
  | { readonly kind: "export file"; readonly path: string };

/** Reads `export A=1`, PowerShell's `$env:A = "1"`, cmd's `set A=1`, and what else there is. */
function readChange(line: string): Change | undefined {
  const [, file] = /^(?:export|set)\s.*?(?:\.\/)*([\w./-]*\.env[\w.]*)/.exec(line) ?? [];
  if (file !== undefined) return { kind: "export file", path: file };
  const [, sourced] = /^(?:source|\.)\s+["']?(?:\.\/)*([^\s"']+)/.exec(line) ?? [];
  if (sourced !== undefined) return { kind: "source", path: sourced };
  const [, sign] = /^set\s+([-+])(?:a|o\s+allexport)\b/.exec(line) ?? [];
  if (sign !== undefined) return { kind: "export all", isOn: sign === "-" };
  const [, other = "", value = ""] = /^(?:\$env:|set\s+)(\w+)\s*=\s*(.*)$/i.exec(line) ?? [];
  if (other !== "") return assigned(value, [`${other}=${wordsOf(value).join(" ")}`]);
  const [command, ...words] = wordsOf(line);
  const names = words.filter((word) => /^\w+$/.test(word));
  if (command === "unset" || (command === "export" && words[0] === "-n")) {
    return { kind: "unset", names };
  }
  return command === "export" ? assigned(line, words) : undefined;
}

/** @param text as it is typed */
function assigned(text: string, words: readonly string[]): Change {
  const pairs = words.flatMap((word) => {
    const [, name, value = ""] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    return name === undefined ? [] : [[name, value] as const];
  });
  // What leads to a database is that of the scratch database, whatever the page has there.
  const isSet = !isWorkedOut(text) || pairs.every(([name, value]) => mayLead(name, value));
  if (isSet) return { kind: "set", values: new Map(pairs) };
  return { kind: "unknown", names: pairs.map(([name]) => name) };
}

/** True for a value that a shell works out: `$HOME`, `$(date)`, `~/x`. */
export function isWorkedOut(assignments: string): boolean {
  return /[$`]|=~/.test(assignments.replace(/'[^']*'|\\[\s\S]/g, ""));
}

/** What the page says of another shell than the one before. */
const anotherShell =
  /\b(?:second|another|other|different|new|separate)\s+(?:\w+\s+)?(?:terminal|shell|console|window|tab)\b/i;

/** The variables of a reader's shell. */
export function openShellVariables(textOf: (path: string) => string | undefined) {
  // Runs keep these as they are by then.
  let variables: ReadonlyMap<string, string> = new Map();
  /** Those that programs get, and that are not only in a file. */
  let exported: ReadonlySet<string> = new Set();
  /** By their names: why their values are not known, in a sentence. */
  let unknown: ReadonlyMap<string, string> = new Map();
  let isAllExported = false;

  function set(values: ReadonlyMap<string, string>, isExported = true): void {
    variables = new Map([...variables, ...values]);
    if (isExported) exported = new Set([...exported, ...values.keys()]);
    if (isExported) unknown = new Map([...unknown].filter(([name]) => !values.has(name)));
  }

  function lose(names: Iterable<string>, why: (name: string) => string): void {
    unknown = new Map([...unknown, ...[...names].map((name) => [name, why(name)] as const)]);
  }

  function readFile(path: string, isExport: boolean): void {
    const text = textOf(path);
    if (text === undefined && !path.includes(".env")) return; // venv/bin/activate
    if (text === undefined) {
      const names = [...variables.keys()].filter((name) => !exported.has(name));
      lose(names, (name) => `${name} may be in ${path}, which the page does not show.`);
      return;
    }
    for (const [name, value] of Object.entries(parse(text))) {
      const isOwn = new RegExp(`^\\s*export\\s+${name}=`, "m").test(text);
      const isExported = isExport || isAllExported || exported.has(name) || isOwn;
      if (isExported) set(new Map([[name, value]]));
    }
  }

  function apply(change: Change, line: string): void {
    switch (change.kind) {
      case "set":
        set(change.values);
        break;
      case "unknown":
        lose(change.names, (name) => `only a shell knows ${name}: ${abridge(line, 80)}.`);
        break;
      case "unset":
        exported = new Set([...exported].filter((one) => !change.names.includes(one)));
        break;
      case "export all":
        isAllExported = change.isOn;
        break;
      case "source":
      case "export file":
        readFile(change.path, change.kind === "export file");
        break;
    }
  }

  return {
    set,
    /** Notes a line that a reader types. */
    read(line: string): void {
      const change = readChange(line);
      if (change) apply(change, line);
    },
    /** @param prose the text above a block of commands */
    enter(prose: string): void {
      if (!anotherShell.test(prose)) return;
      lose(exported, (name) => `${name} was set in another terminal.`);
    },
    /** Gives all as it is by now. */
    take: () => ({ variables, exported }),
    /** Says why what a program prints is not known, if it reads a variable whose value is not. */
    doubtOf(texts: readonly string[]): string | undefined {
      const isUsed = (name: string) => texts.some((text) => new RegExp(`\\b${name}\\b`).test(text));
      return [...unknown].find(([name]) => isUsed(name))?.[1];
    },
  };
}
