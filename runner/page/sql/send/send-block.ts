import type { Doubts } from "../explain/doubts.ts";
import { setVariable, withVariables } from "../parse/psql-variables.ts";
import { reachesBeyond, touchesMachine } from "../parse/reaches-beyond.ts";
import { splitStatements } from "../parse/split-statements.ts";
import type { Display } from "../print/psql-format.ts";
import type { PsqlInput, SqlResult } from "../sql-result.ts";
import { copiesRows, type SqlSession } from "./sql-session.ts";

/** What a block of SQL came to. */
export interface Played {
  readonly results: readonly SqlResult[];
  /** Why something in the block was not sent, for the first such statement. */
  readonly refused: string | undefined;
  /** What psql has set at the end. */
  readonly display: Display;
  /** True if it ends psql: what comes later is another session's. */
  readonly hasQuit: boolean;
}

/** psql's commands that change nothing which could be seen in an output here. */
const silent = new Set("\\. \\timing \\g \\gx \\p \\r \\q \\encoding".split(" "));
const setsTransactions = /^\\set\s+AUTOCOMMIT\b/i;
const layouts = /^(border|linestyle|pager|footer|columns|numericlocale|unicode_\w+_linestyle)$/;
/** They may change anything, or what is sent after them. */
const unknownEffects = new Set(
  "\\i \\ir \\include \\include_relative \\gexec \\if \\elif \\else \\endif".split(" "),
);
/** They print something else in place of the result before them. */
const otherResults = new Set(["\\gdesc", "\\crosstabview"]);

/** How a block is sent. */
interface Sending {
  /** What psql has set before it. */
  readonly display: Display;
  readonly doubts: Doubts;
  /** True on a server that is gone with the page. */
  readonly mayReachBeyond: boolean;
  /** Opens the session when it is needed. */
  readonly connect: () => Promise<SqlSession>;
}

/** Send a block of SQL as psql would, statement by statement. Only a command ends at `\q` or, if it is told to, at an error. */
export async function sendBlock(
  { sql, isCommand }: PsqlInput,
  { display, doubts, mayReachBeyond, connect }: Sending,
): Promise<Played> {
  const results: SqlResult[] = [];
  let refused: string | undefined;
  let now = display;
  let hasQuit = false;
  for (const part of splitStatements(sql)) {
    const hasFailed = results.at(-1)?.error !== undefined;
    if (isCommand && (hasQuit || (hasFailed && stopsAtErrors(now)))) break;
    if (part.kind === "meta" && part.command === "\\gset") {
      const last = results.at(-1);
      if (last && !last.error) {
        results.pop();
        now = { ...now, variables: keepRow(last, part.rest, now.variables) };
      }
    } else if (part.kind === "meta") {
      const played = playMeta(part.command, part.rest, now);
      if (typeof played === "string") {
        refused ??= played;
        if (part.command === "\\copy") doubts.noteUnsent(`copy ${part.rest}`, played);
        if (otherResults.has(part.command) && !results.at(-1)?.error) results.pop();
        const isUnknown = unknownEffects.has(part.command);
        if (isUnknown || setsTransactions.test(`${part.command} ${part.rest}`)) {
          doubts.noteUnsent("", played);
        }
      } else {
        now = played;
        hasQuit ||= part.command === "\\q";
        if (part.command === "\\echo") results.push(echoed(part.rest, now));
      }
    } else {
      const text = withVariables(part.text, now.variables ?? new Map());
      const kept = keptBack(text);
      if (kept !== undefined) {
        refused ??= kept;
        if (fillsTable.test(text)) doubts.noteUnsent(text, kept);
      } else if (mayReachBeyond || !reachesBeyond(text)) {
        results.push(await (await connect()).send(text));
      } else {
        refused ??=
          "it reaches beyond the page's own database, and is not sent to a server that is not the page's own.";
      }
    }
  }
  return { results, refused, display: now, hasQuit };
}

function stopsAtErrors({ variables }: Display): boolean {
  return /^(?:1|on|true|yes)$/i.test(variables?.get("ON_ERROR_STOP") ?? "");
}

const fillsTable = /\bCOPY\s+[^\s(]+\s*(?:\([^)]*\)\s*)?FROM\b/i;

/** @returns why a statement is sent to no server; undefined if it is */
function keptBack(statement: string): string | undefined {
  if (copiesRows(statement)) return "COPY from stdin or to stdout is not supported.";
  if (!touchesMachine(statement)) return undefined;
  return "it writes to a file of the server's machine, runs a program there, or connects to another server, and is not sent.";
}

/** `\gset` prints nothing: its row becomes variables. */
function keepRow(
  { columns = [], rows }: SqlResult,
  prefix: string,
  variables: Display["variables"] = new Map(),
): ReadonlyMap<string, string> {
  const values = columns.flatMap(({ name }, index) => {
    const value = rows[0]?.[index];
    return value == null ? [] : [[prefix.trim() + name, value] as const];
  });
  return new Map([...variables, ...values]);
}

function echoed(text: string, { variables = new Map() }: Display): SqlResult {
  const tag = withVariables(text, variables).replace(/^'(.*)'$/, "$1");
  return { statement: "", columns: undefined, rows: [], tag, notices: [] };
}

/** @returns what psql has set then; or why the command cannot be played */
function playMeta(command: string, rest: string, display: Display): Display | string {
  const [name = "", ...words] = rest.trim().replace(/;$/, "").split(/\s+/);
  const isOn = (before: boolean) => (name === "" ? !before : /^(on|true|1)$/i.test(name));
  if (command === "\\echo" && rest.includes("`"))
    return "psql's \\echo of a command is not supported.";
  if (silent.has(command) || command === "\\echo") return display;
  switch (command) {
    case "\\x":
      return { ...display, expanded: name !== "auto" && isOn(display.expanded) };
    case "\\t":
      return { ...display, tuplesOnly: isOn(display.tuplesOnly === true) };
    case "\\set": {
      const variables = setVariable(display.variables ?? new Map(), rest.trim());
      return typeof variables === "string" ? variables : { ...display, variables };
    }
    case "\\unset": {
      const variables = new Map(display.variables);
      variables.delete(name);
      return { ...display, variables };
    }
    case "\\pset":
      if (name === "null") {
        return { ...display, nullText: words.join(" ").replace(/^'(.*)'$/, "$1") };
      }
      if (name === "expanded") return { ...display, expanded: words[0] === "on" };
      return layouts.test(name) ? display : `psql's \\pset ${name} is not supported.`;
    default:
      return `psql's ${command} is not supported.`;
  }
}
