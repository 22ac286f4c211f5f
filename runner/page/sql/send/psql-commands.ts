import { psqlWords } from "../parse/psql-words.ts";
import { type PsqlState, type Unknown, withKnown, withUnknown } from "./psql-state.ts";

/** What a command of psql comes to. */
export interface PlayedCommand {
  readonly state: PsqlState;
  /** Why an output that differs may be its own. */
  readonly refused?: string;
  /** True if it ends the connection to the server. */
  readonly ends?: boolean;
}

/** They neither print a result nor change how later ones look. */
const silent = /^\\(?:\.|timing|g|gx|gset|p|print|r|reset|q|quit|T|restrict|unrestrict)$/;
/** They print what is behind them. */
export const prints = /^\\(?:q?echo|warn)$/;
/** They print something of their own, and later outputs are as they were. */
const onlyPrints =
  /^\\(?:d[A-Za-z]*[+x]*|l\+?x?|list\+?|z[S+x]*|h|help|\?|s[fv]\+?|s|conninfo|copyright|errverbose|password|lo_list\+?|lo_export|gdesc|crosstabview|watch|copy|w|write)$/;
/** What a shell is asked that changes nothing. */
const onlyShows = /^(?:clear|cls|ls|dir|pwd|date|echo|whoami|hostname)\b[^|;&<>`$]*$/;
const ofPrograms = /^(?:PAGER|PSQL_PAGER|LESS|EDITOR|VISUAL|PSQL_EDITOR|PSQL_HISTORY)$/;

/** Variables that change what psql sends or prints, with the values that they have at the beginning. */
const specialVariables = new Map<
  string,
  { readonly plain: RegExp } & Pick<Unknown, "lasts" | "only">
>([
  ["AUTOCOMMIT", { plain: /^(?:on|true|yes|1|)$/i, lasts: true }],
  ["ECHO", { plain: /^none$/i }],
  ["ON_ERROR_ROLLBACK", { plain: /^(?:off|false|no|0)$/i, only: "after errors" }],
  ["SHOW_ALL_RESULTS", { plain: /^(?:on|true|yes|1|)$/i }],
  ["SHOW_CONTEXT", { plain: /^errors$/i, only: "messages" }],
  ["SINGLELINE", { plain: /^(?:off|false|no|0)$/i, lasts: true }],
  ["SINGLESTEP", { plain: /^(?:off|false|no|0)$/i, lasts: true }],
  ["VERBOSITY", { plain: /^default$/i, only: "messages" }],
]);

/** Only the layout depends on them. */
const layout =
  /^(?:border|linestyle|pager|pager_min_lines|footer|columns|numericlocale|unicode_\w+_linestyle|xheader_width|tableattr|csv_fieldsep)$/;
/** These change more, with the values that they have at the beginning. */
const printing = new Map([
  ["format", /^(?:aligned|unaligned|wrapped)$/],
  ["fieldsep", /^\|$/],
  ["recordsep", /^\n$/],
  ["title", /^$/],
]);

/** Commands that are short for `\pset`. */
const shorthands = new Map([
  ["\\x", "expanded"],
  ["\\t", "tuples_only"],
  ["\\C", "title"],
  ["\\f", "fieldsep"],
]);

const isOn = (text: string) => /^(?:on|true|yes|1)$/i.test(text);

/**
 * Play a command of psql. What is neither played nor known to be harmless may change anything: what comes after it is
 * not verified, until the session ends or the page sets it back.
 */
export function playCommand(command: string, rest: string, state: PsqlState): PlayedCommand {
  const isWritten = /^\\(?:g|gx|w|write|s)$/.test(command) && !/^;?$/.test(rest);
  if (isWritten || onlyPrints.test(command.replace(/;$/, ""))) return print(command, state);
  if (silent.test(command) || (command === "\\!" && onlyShows.test(rest))) return { state };
  const words = psqlWords(rest, state.variables);
  if (prints.test(command)) return words ? { state } : print(command, state);
  if (!words)
    return lose(command, state, command === "\\set" ? `\\set ${wordIn(rest)}` : undefined);
  const [name = "", ...values] = command === "\\set" ? words : words.map(withoutEnd);
  const value = values.join(command === "\\set" ? "" : " ");
  const option = shorthands.get(command);
  if (option !== undefined) return set(option, name, state, command);
  switch (command) {
    case "\\set":
      return setVariable(name, value, state);
    case "\\unset":
      return unset(name, state);
    case "\\pset": {
      const isAsked = name === "" || (name === "null" && values.length === 0);
      return isAsked ? print(command, state) : set(name, value, state, `\\pset ${name}`);
    }
    case "\\a":
      return set("format", "aligned", state, command);
    case "\\H":
    case "\\html": {
      const isSet = state.unknown?.has("\\pset format");
      return set("format", isSet ? "aligned" : "html", state, command);
    }
    case "\\c":
    case "\\connect":
      return connect(command, [name, ...values], state);
    case "\\o":
    case "\\out":
      return name === "" ? { state: withKnown(state, "\\o") } : lose(command, state, "\\o");
    case "\\encoding": {
      const isPlain = /^(?:UTF-?8|)$/i.test(name);
      return isPlain ? { state: withKnown(state, command) } : lose(command, state, command);
    }
    case "\\setenv":
      return ofPrograms.test(name) ? { state } : lose(command, state);
  }
  return lose(command, state);
}

const wordIn = (text: string) => /^\S*/.exec(text)?.[0] ?? "";

const withoutEnd = (word: string) => word.replace(/;$/, "");

/** An option of a command line, and a variable of its shell, have no backslash: `--csv`. */
function nameOf(command: string): string {
  return `psql's ${command.replace(/^\\(?=-|PG|PSQLRC)/, "")}`;
}

function print(command: string, state: PsqlState): PlayedCommand {
  return { state, refused: `${nameOf(command)} is not supported.` };
}

/** @param key what sets it back; without one, other sessions may not be known any more, either */
function lose(command: string, state: PsqlState, key?: string): PlayedCommand {
  const reason = `it comes after ${nameOf(command)}, which is not supported.`;
  const unknown = { reason, lasts: key === undefined };
  return { ...print(command, state), state: withUnknown(state, key ?? command, unknown) };
}

function setVariable(name: string, value: string, state: PsqlState): PlayedCommand {
  if (name === "") return print("\\set", state);
  const variables = new Map([...(state.variables ?? []), [name, value]]);
  const next: PsqlState = { ...state, variables };
  if (name === "QUIET") return { state: { ...next, isQuiet: value === "" || isOn(value) } };
  const special = specialVariables.get(name);
  const key = `\\set ${name}`;
  if (!special) return { state: withKnown(next, key) };
  if (special.plain.test(value)) return { state: special.lasts ? next : withKnown(next, key) };
  const reason = `it comes after ${nameOf(key)}, which is not supported.`;
  const { plain: _, ...kind } = special;
  return { ...print(key, state), state: withUnknown(next, key, { reason, ...kind }) };
}

function unset(name: string, state: PsqlState): PlayedCommand {
  const variables = new Map([...(state.variables ?? [])].filter(([one]) => one !== name));
  const next = { ...state, variables, ...(name === "QUIET" && { isQuiet: false }) };
  // Without a value, it is off.
  if (name === "AUTOCOMMIT" || name === "SHOW_ALL_RESULTS") return setVariable(name, "off", next);
  return { state: withKnown(next, `\\set ${name}`) };
}

/** @param command as the page has it, for a reason */
function set(name: string, value: string, state: PsqlState, command: string): PlayedCommand {
  switch (name) {
    case "null":
      return { state: { ...state, nullText: value } };
    case "expanded":
    case "x":
    case "vertical": {
      const expanded = value === "" ? !state.expanded : value !== "auto" && isOn(value);
      return { state: { ...state, expanded } };
    }
    case "tuples_only":
    case "t": {
      const tuplesOnly = value === "" ? state.tuplesOnly !== true : isOn(value);
      return { state: { ...state, tuplesOnly } };
    }
  }
  const key = `\\pset ${name}`;
  const plain = printing.get(name);
  if (plain) {
    const isPrinted = value === "" && name !== "title";
    if (isPrinted) return print(command, state);
    return plain.test(value) ? { state: withKnown(state, key) } : lose(command, state, key);
  }
  return layout.test(name) ? { state } : lose(command, state, key);
}

/** Another database has other tables, and another role other rights. A connection string may name any of them. */
function connect(command: string, words: readonly string[], state: PsqlState): PlayedCommand {
  const [to = "", user = "", host = ""] = words.map((word) => (word === "-" ? "" : word));
  const ended = { ends: true, refused: print(command, state).refused ?? "" };
  if (/[=:/]/.test(to) || !/^(?:localhost|127\.0\.0\.1|)$/.test(host)) {
    return { ...lose(command, state, "\\c"), ...ended };
  }
  const name = to.startsWith('"') ? to.replaceAll('"', "") : to.toLowerCase();
  const next = to === "" ? state : { ...state, database: name };
  if (user === "") return { state: next, ...ended };
  if (user === "postgres") return { state: withKnown(next, "\\c role"), ...ended };
  return { ...lose(`${command} as ${user}`, next, "\\c role"), ...ended };
}
