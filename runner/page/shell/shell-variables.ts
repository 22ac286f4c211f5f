import { parse } from "dotenv";
import { abridge } from "../../common/secrets.ts";
import { partNamed } from "../../run/database-values.ts";
import { mayLead, wordsOf } from "./command-line.ts";
import { mayLoadVariables } from "./environment-files.ts";

/** What a line of a shell does to the variables that its programs get. */
type Change =
  | { readonly kind: "set"; readonly values: ReadonlyMap<string, string> }
  /** What another system's shell does: for a reader who has set it already, it is another way. */
  | { readonly kind: "set elsewhere"; readonly name: string; readonly value: string | undefined }
  /** Of the shell's own variables. */
  | { readonly kind: "export"; readonly names: readonly string[] }
  /** To what only a shell can work out, such as `$HOME/data`. */
  | { readonly kind: "unknown"; readonly names: readonly string[] }
  | { readonly kind: "unset"; readonly names: readonly string[] }
  /** From then on, all variables of the shell are its programs', too, or not: `set -a`, `set +a`. */
  | { readonly kind: "export all"; readonly isOn: boolean }
  /** It runs a file in the shell: `source .env`. Its variables are its programs' only if something exports them. */
  | { readonly kind: "source"; readonly path: string }
  | { readonly kind: "export file"; readonly path: string };

/** The shell for which a block is. */
export interface System {
  readonly isCmd: boolean;
  /** True for one of Windows. */
  readonly hasNoExport: boolean;
  /** True for one that only some readers have: what it sets may be set in another way. */
  readonly isOther: boolean;
}

/** Reads `export A=1`, PowerShell's `$env:A = "1"`, cmd's `set A=1`, and what else there is. */
function readChange(line: string, { isCmd, isOther, hasNoExport }: System): Change | undefined {
  const [, file] =
    /^(?:export|set)\s.*?(?:\$\(|`|<).*?(?:\.\/)*([\w./-]*\.env[\w.]*)/.exec(line) ?? [];
  if (file !== undefined) return { kind: "export file", path: file };
  const [, sourced] = /^(?:source|\.)\s+["']?(?:\.\/)*([^\s"']+)/.exec(line) ?? [];
  if (sourced !== undefined) return { kind: "source", path: sourced };
  const [, sign] = /^set\s+([-+])(?:a|o\s+allexport)\b/.exec(line) ?? [];
  if (sign !== undefined) return { kind: "export all", isOn: sign === "-" };
  const [, name, value = ""] = /^\$env:(\w+)\s*=\s*(.*)$/i.exec(line) ?? [];
  if (name !== undefined) {
    const isText = /^(?:'[^']*'|"[^"$`]*"|\d+)$/.test(value.trim());
    return {
      kind: "set elsewhere",
      name,
      value: isText && !isOther ? wordsOf(value).join(" ") : undefined,
    };
  }
  // In cmd. A shell of Unix sets nothing by it.
  const [, ofCmd, plain] = /^setx?\s+"?(\w+)[= ]([\w.:/@+-]*$)?/.exec(line) ?? [];
  if (ofCmd !== undefined) {
    const isKnown = isCmd && !isOther && !line.startsWith("setx");
    return { kind: "set elsewhere", name: ofCmd, value: isKnown ? plain : undefined };
  }
  const [, ofFish, text = ""] = /^set\s+-\w*x\w*\s+(\w+)\s+(.*)$/.exec(line) ?? [];
  if (ofFish !== undefined) {
    const isKnown = /^[\w.:/@+-]+$/.test(text) && !isOther;
    return { kind: "set elsewhere", name: ofFish, value: isKnown ? text : undefined };
  }
  const [command, ...words] = wordsOf(line);
  const names = words.filter((word) => /^\w+$/.test(word));
  if (command === "unset" || (command === "export" && words[0] === "-n")) {
    return { kind: "unset", names };
  }
  if (command !== "export") return undefined;
  if (names.length > 0) return { kind: "export", names };
  const change = assigned(line, words);
  if (!hasNoExport || change.kind !== "set") return change;
  return { kind: "unknown", names: [...change.values.keys()] };
}

/** @param text as it is typed */
function assigned(
  text: string,
  words: readonly string[],
): Extract<Change, { readonly kind: "set" | "unknown" }> {
  const pairs = words.flatMap((word) => {
    const [, name, value = ""] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    return name === undefined ? [] : [[name, value] as const];
  });
  if (!isWorkedOut(text)) return { kind: "set", values: new Map(pairs) };
  return { kind: "unknown", names: pairs.map(([name]) => name) };
}

/** True for a value that a shell works out: `$HOME`, `$(date)`, `~/x`. */
export function isWorkedOut(assignments: string): boolean {
  return /[$`]|=~/.test(assignments.replace(/'[^']*'|\\[\s\S]/g, ""));
}

/** What the page says of another shell than the one before. */
const anotherShell =
  /\b(?:second|another|other|different|new|separate)\s+(?!browser|editor)(?:\w+\s+)?(?:terminal|shell|console|window|tab)\b/i;
const firstShell = /\b(?:first|original|previous)\s+(?:terminal|shell|console|window|tab)\b/i;
const none = /\b(?:no|not|without)\b|n['’]t\b/i;
/** What a program reads without naming it. */
const ofInterpreter = /^(?:PYTHON\w*|NODE_\w+|TZ|LANG|LC_\w+)$/;

/** What a shell reads when it begins, or what it is given: the end of a line that writes it. */
const ofShell =
  /(?:>>?|\btee\s+(?:-a\s+)?)\s*["']?\S*(?:rc|profile|env\w*|environment)["']?\s*(?:<<|\||$)/m;

/** The variables that a program reads by their names; undefined for what may be any. */
function variablesIn(text: string): (string | undefined)[] {
  const reads =
    /\b(?:process\.env|import\.meta\.env|environ(?:\.get)?|getenv)\b(?:\.(\w+)|(?:\?\.)?[[(]\s*["'`](\w+)["'`])?/g;
  return Array.from(text.matchAll(reads), ([, name, quoted]) => name ?? quoted);
}

/** True for a text above commands that are not for the shell of those above it. */
export function isInAnotherShell(prose: string): boolean {
  return firstShell.test(prose) || leavesShell(prose);
}

function leavesShell(prose: string): boolean {
  return anotherShell.test(prose) && !none.test(prose);
}

/** The variables of a reader's shell. */
export function openShellVariables(textOf: (path: string) => string | undefined) {
  // Runs keep these as they are by then.
  let variables: ReadonlyMap<string, string> = new Map();
  /** Those that programs get, and that are not only in a file. */
  let exported: ReadonlySet<string> = new Set();
  /** By their names: why their values are not known, in a sentence. */
  let unknown: ReadonlyMap<string, string> = new Map();
  /** By the names of those that a program gets only if it loads them: why, in a sentence. */
  let unloaded: ReadonlyMap<string, string> = new Map();
  /** Those of the shell itself, which its programs do not get. */
  let own: ReadonlyMap<string, string> = new Map();
  /** Those that were set in the terminal that a reader has left for another one. */
  let left: ReadonlySet<string> = new Set();
  let isAllExported = false;
  /** A file that the page does not show, and what was set after it: it may set any other variable. */
  let sourced: string | undefined;
  let since: ReadonlySet<string> = new Set();

  function set(values: ReadonlyMap<string, string>, isExported = true): void {
    variables = new Map([...variables, ...values]);
    if (isExported) exported = new Set([...exported, ...values.keys()]);
    if (isExported) since = new Set([...since, ...values.keys()]);
    if (isExported) forget(values);
  }

  /**
   * Notes a block of variables.
   * @param path of the file that has them
   * @param isSet true for one that a program gets of a block without a file
   */
  function setShown(
    values: ReadonlyMap<string, string>,
    path: string | undefined,
    isSet: (name: string, value: string) => boolean,
  ): void {
    const isGiven = (name: string) => exported.has(name) && !unloaded.has(name);
    const others = [...values].filter(([name, value]) => {
      if (isGiven(name)) return false;
      // Of a file, a program gets nothing that it does not load. What leads to a database, the runner sets.
      return path === undefined ? !isSet(name, value) : mayLead(name, value);
    });
    set(values, path === undefined);
    const why = (name: string) =>
      path === undefined
        ? `nothing exports ${name} to the program, or loads it.`
        : `${name} is only in ${path}, and nothing loads it.`;
    unloaded = new Map([...unloaded, ...others.map(([name]) => [name, why(name)] as const)]);
  }

  /** They are known again. */
  function forget(names: { has(name: string): boolean }): void {
    unknown = new Map([...unknown].filter(([name]) => !names.has(name)));
    unloaded = new Map([...unloaded].filter(([name]) => !names.has(name)));
    left = new Set([...left].filter((name) => !names.has(name)));
  }

  /** What leads to a database is known: the runner sets it. */
  const isOfPage = (name: string) => !mayLead(name, "");

  function lose(names: readonly string[], why: (name: string) => string): void {
    const lost = names.filter(isOfPage).map((name) => [name, why(name)] as const);
    unknown = new Map([...unknown, ...lost]);
  }

  function loseIn(line: string, names: readonly string[]): void {
    lose(names, (name) => `only a shell can tell what ${name} is: ${abridge(line, 80)}.`);
  }

  function readFile(path: string, isExport: boolean): void {
    const text = textOf(path);
    if (text === undefined && /[Aa]ctivate(?:\.\w+)?$/.test(path)) return;
    if (text === undefined) {
      [sourced, since] = [path, new Set()];
      const names = [...variables.keys()].filter((name) => !exported.has(name));
      lose(names, (name) => `${name} may be in ${path}, which the page does not show.`);
      return;
    }
    for (const [name, value] of Object.entries(parse(text))) {
      const assignment = new RegExp(`^\\s*(export\\s+)?${name}=.*$`, "m");
      const [line = "", exports] = assignment.exec(text) ?? [];
      const isExported = isExport || isAllExported || exported.has(name) || exports !== undefined;
      if (isExported) set(new Map([[name, value]]));
      else own = new Map([...own, [name, value]]);
      if (isExported && isWorkedOut(line)) {
        lose([name], () => `only a shell can tell what ${name} in ${path} is.`);
      }
    }
  }

  function apply(change: Change, line: string): void {
    switch (change.kind) {
      case "set":
        set(change.values);
        break;
      case "set elsewhere":
        if (exported.has(change.name)) break;
        if (change.value !== undefined) set(new Map([[change.name, change.value]]));
        else loseIn(line, [change.name]);
        break;
      case "export":
        set(new Map([...own].filter(([name]) => change.names.includes(name))));
        forget(new Set(change.names.filter((name) => exported.has(name))));
        loseIn(
          line,
          change.names.filter((name) => !own.has(name) && !exported.has(name)),
        );
        break;
      case "unknown":
        loseIn(line, change.names);
        // The line stands for the value.
        set(new Map(change.names.filter(partNamed).map((name) => [name, line])));
        break;
      case "unset":
        variables = new Map(
          [...variables].filter(([name]) => !exported.has(name) || !change.names.includes(name)),
        );
        exported = new Set([...exported].filter((one) => !change.names.includes(one)));
        forget(new Set(change.names));
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
    setShown,
    /** Notes a line that a reader types. */
    read(line: string, system: System): void {
      const change = readChange(line, system);
      if (change) apply(change, line);
    },
    /** Notes a line that is not run. It may write a file that a shell reads. */
    readUnrun(line: string): void {
      if (!ofShell.test(line)) return;
      const names = Array.from(line.matchAll(/([A-Za-z_]\w*)=/g), ([, name = ""]) => name);
      lose(names, (name) => `a command that is not run may set ${name}.`);
    },
    /** @param prose the text above a block of commands */
    enter(prose: string): void {
      if (firstShell.test(prose)) left = new Set();
      else if (leavesShell(prose)) left = new Set([...exported].filter(isOfPage));
    },
    /** Gives all as it is by now. */
    take: () => ({ variables, exported }),
    /**
     * Says why what a program prints is not known, if it reads a variable whose value is not.
     * @param texts of its files
     * @param command as it is typed
     */
    doubtOf(
      texts: readonly string[],
      given: ReadonlyMap<string, string>,
      command: string,
    ): string | undefined {
      const isUsed = (name: string) =>
        name !== "PATH" &&
        !given.has(name) &&
        (ofInterpreter.test(name) || texts.some((text) => new RegExp(`\\b${name}\\b`).test(text)));
      const elsewhere = [...left].find(isUsed);
      if (elsewhere !== undefined) return `${elsewhere} was set in another terminal.`;
      const sources = [...texts, command, ...variables.values()];
      const why = [...unloaded].find(([name]) => isUsed(name))?.[1];
      if (why !== undefined && !mayLoadVariables(sources)) return why;
      const reason = [...unknown].find(([name]) => isUsed(name))?.[1];
      if (reason !== undefined || sourced === undefined) return reason;
      const isKnown = (name: string) => !isOfPage(name) || given.has(name) || since.has(name);
      const open = texts
        .flatMap(variablesIn)
        .filter((name) => name === undefined || !isKnown(name));
      if (open.length === 0) return undefined;
      return `${open[0] ?? "a variable"} may be in ${sourced}, which the page does not show.`;
    },
  };
}
