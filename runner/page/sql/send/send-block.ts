import type { Doubts } from "../explain/doubts.ts";
import { onlyReads } from "../parse/only-reads.ts";
import { withVariables } from "../parse/psql-variables.ts";
import { psqlWords } from "../parse/psql-words.ts";
import { reachesBeyond, touchesMachine } from "../parse/reaches-beyond.ts";
import { type SqlPart, splitStatements } from "../parse/split-statements.ts";
import type { Display } from "../print/psql-format.ts";
import type { PsqlInput, SqlResult } from "../sql-result.ts";
import { playCommand, prints } from "./psql-commands.ts";
import { afterResult, type PsqlState, startAgain, whyUnknown } from "./psql-state.ts";
import { copiesRows, type SqlSession } from "./sql-session.ts";
import type { TablePlaces } from "./table-places.ts";

/** What a block of SQL came to. */
export interface Played {
  readonly results: readonly SqlResult[];
  /** Why something in the block was not sent, for the first such statement. */
  readonly refused: string | undefined;
  /** What psql has set at the last result. */
  readonly display: Display;
  /** True if it ends psql: what comes later is another session's. */
  readonly hasQuit: boolean;
}

/** How a block is sent. */
interface Sending {
  /** What psql has set when it starts, and before the block. */
  readonly start: PsqlState;
  readonly state: PsqlState;
  readonly doubts: Doubts;
  readonly places: TablePlaces;
  /** True on a server that is gone with the page. */
  readonly mayReachBeyond: boolean;
  /** Opens the session when it is needed. */
  readonly connect: () => Promise<SqlSession>;
  readonly disconnect: () => Promise<void>;
}

/**
 * Send a block of SQL as psql would, statement by statement. Only a command ends at `\q` or, if it is told to, at an
 * error.
 * @returns what psql remembers, too
 */
export async function sendBlock(
  { sql, isCommand, isSetup }: PsqlInput,
  sending: Sending,
): Promise<{ played: Played; state: PsqlState }> {
  const { doubts, places, mayReachBeyond, connect, disconnect } = sending;
  const results: SqlResult[] = [];
  let refused: string | undefined;
  let state = sending.state;
  let display: Display | undefined;
  let hasQuit = false;

  function add(result: SqlResult): void {
    const unknown = whyUnknown(state, result) ?? places.elsewhere(result, state.database);
    results.push({ ...result, unknown });
    if (!isSetup) places.note(result, state.database);
    display = state;
    state = afterResult(state, result);
  }

  async function play({ command, rest }: SqlPart & { kind: "meta" }): Promise<void> {
    const last = results.at(-1);
    const played = playCommand(command, rest, state);
    refused ??= played.refused;
    if (isQuit.test(command)) {
      hasQuit = true;
      // What a file has below it, psql does not read.
      if (!isCommand) {
        await disconnect();
        state = startAgain(sending.start, state);
      }
      return;
    }
    state = played.state;
    const isTaken = takesResult(command, rest) && last && !last.error;
    if (isTaken) results.pop();
    if (isTaken && command === "\\gset") {
      doubts.note(last);
      const variables = keepRow(last, rest, state.variables);
      if (variables) state = { ...state, variables };
      else refused ??= "psql's \\gset needs one row.";
    } else if (isTaken) {
      const isOther = command === "\\gdesc" || command === "\\watch";
      if (isOther && !onlyReads(last.statement))
        doubts.noteUnsent(last.statement, played.refused ?? "");
      else doubts.note(last);
    }
    if (command === "\\copy" && /\bfrom\b/i.test(rest)) {
      doubts.noteUnsent(`copy ${rest}`, played.refused ?? "");
    }
    if (played.ends) await disconnect();
    const words = prints.test(command) && psqlWords(rest, state.variables);
    if (words) add(echoed(words));
  }

  for (const part of splitStatements(sql, isCommand)) {
    const hasFailed = results.at(-1)?.error !== undefined;
    if (isCommand && (hasQuit || (hasFailed && stopsAtErrors(state)))) break;
    if (part.kind === "meta") {
      await play(part);
      continue;
    }
    const text = withVariables(part.text, state.variables ?? new Map());
    const kept = keptBack(text);
    if (kept !== undefined) {
      refused ??= kept;
      if (fillsTable.test(text)) doubts.noteUnsent(text, kept);
    } else if (mayReachBeyond || !reachesBeyond(text)) {
      add(await (await connect()).send(text));
    } else {
      refused ??=
        "it affects more than the page's database, so it is only sent to the page's own server.";
    }
  }
  return { played: { results, refused, display: display ?? state, hasQuit }, state };
}

const isQuit = /^\\q(?:uit)?;?$/;

/** True for a command in whose place the result before it is not printed, or not as it is. */
function takesResult(command: string, rest: string): boolean {
  if (/^\\gx?$/.test(command)) return rest !== "" && rest !== ";";
  return /^\\(?:gset|gdesc|watch|crosstabview)$/.test(command);
}

function stopsAtErrors({ variables }: PsqlState): boolean {
  return /^(?:1|on|true|yes)$/i.test(variables?.get("ON_ERROR_STOP") ?? "");
}

const fillsTable = /\bCOPY\s+[^\s(]+\s*(?:\([^)]*\)\s*)?FROM\b/i;

/** @returns why a statement is sent to no server; undefined if it is */
function keptBack(statement: string): string | undefined {
  if (copiesRows(statement)) return "COPY from stdin or to stdout is not supported.";
  if (!touchesMachine(statement)) return undefined;
  return "it writes to a file of the server's machine, runs a program there, or connects to another server, and is not sent.";
}

/** `\gset` prints nothing: its row becomes variables. @returns undefined where there is not one row */
function keepRow(
  { columns = [], rows }: SqlResult,
  prefix: string,
  before: PsqlState["variables"] = new Map(),
): ReadonlyMap<string, string> | undefined {
  const [row] = rows;
  if (!row || rows.length > 1) return undefined;
  const variables = new Map(before);
  for (const [index, { name }] of columns.entries()) {
    const value = row[index];
    if (value == null) variables.delete(prefix.trim() + name);
    else variables.set(prefix.trim() + name, value);
  }
  return variables;
}

function echoed(words: readonly string[]): SqlResult {
  const tag = words.slice(words[0] === "-n" ? 1 : 0).join(" ");
  return { statement: "", columns: undefined, rows: [], tag, notices: [] };
}
