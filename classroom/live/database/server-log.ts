import { closeSync, openSync, readSync, statSync } from "node:fs";
import { STATEMENTS_SHOWN, type Statement } from "../messages.ts";

/** Bytes of the log of one run. */
const LIMIT = 4 * 1024 * 1024;

/** The position at which later entries will begin. */
export function endOfLog(log: string): number {
  return statSync(log).size;
}

/** Positions in the log, from `endOfLog`, when a run began and when its process had ended. */
export interface LogPart {
  readonly from: number;
  readonly until: number;
}

/**
 * Reads from the server's log which statements a database received from a run. What the server still did for it
 * may come after its end: then, only the run's own connections count.
 */
export function statementsOf(log: string, { from, until }: LogPart, database: string): Statement[] {
  const statements: Statement[] = [];
  const open = new Map<string, Pending>();
  const own = new Set([...entriesOf(read(log, from, until), database)].map((one) => one.process));
  for (const entry of entriesOf(read(log, from), database)) {
    if (!own.has(entry.process)) continue;
    const pending = open.get(entry.process) ?? {
      preparing: 0,
      plans: new Map(),
      last: -1,
      isOfLast: false,
    };
    open.set(entry.process, pending);
    take(entry, pending, statements);
    pending.isOfLast = /^duration: [\d.]+ ms {2}(statement|execute)/.test(entry.text);
  }
  return statements.slice(0, STATEMENTS_SHOWN);
}

/** What the log has said so far of a connection's next statement, and where its last one is. */
interface Pending {
  /** Milliseconds of parsing and binding. */
  preparing: number;
  /** The number of rows of a plan, by the statement's text. */
  readonly plans: Map<string, number>;
  last: number;
  /** True after an entry of the last statement: details that follow are its own. */
  isOfLast: boolean;
}

/** An entry of the server's log, with all of its lines. */
interface Entry {
  readonly process: string;
  readonly level: string;
  readonly text: string;
}

function take({ level, text }: Entry, pending: Pending, statements: Statement[]): void {
  const last = statements[pending.last];
  const [, took = "", what = "", rest = ""] =
    /^duration: ([\d.]+) ms {2}(plan|statement|parse|bind|execute)(?::| [^:]*:)\s?(.*)$/s.exec(
      text,
    ) ?? [];
  const duration = Number(took);
  if (level === "LOG" && what === "plan") {
    const plan = readPlan(rest);
    if (!plan) return;
    // A statement's plan may come after it: its portal is closed with the next one's.
    if (last?.text === plan.text && last.rows === undefined) {
      statements[pending.last] = { ...last, rows: plan.rows };
    } else pending.plans.set(plan.text, plan.rows);
  } else if (level === "LOG" && (what === "parse" || what === "bind")) {
    pending.preparing += duration;
  } else if (level === "LOG" && what !== "") {
    const rows = pending.plans.get(rest);
    pending.plans.delete(rest);
    const total = Math.round((duration + pending.preparing) * 100) / 100;
    pending.preparing = 0;
    pending.last =
      statements.push({ text: rest, parameters: "", duration: total, rows, error: undefined }) - 1;
  } else if (level === "DETAIL" && last && pending.isOfLast && /^parameters: /i.test(text)) {
    statements[pending.last] = { ...last, parameters: text.replace(/^parameters: /i, "") };
  } else if (level === "ERROR" || level === "FATAL") {
    const error = { text: "", parameters: "", duration: undefined, rows: undefined, error: text };
    pending.last = statements.push(error) - 1;
    pending.preparing = 0;
  } else if (level === "STATEMENT" && last?.error) {
    statements[pending.last] = { ...last, text };
  }
}

/** Reads how many rows a statement returned or changed: those of the node below one that writes. */
function readPlan(text: string): { readonly text: string; readonly rows: number } | undefined {
  try {
    const { "Query Text": query, Plan: plan } = JSON.parse(text);
    const counted = plan["Node Type"] === "ModifyTable" ? plan.Plans?.[0] : plan;
    const rows = Number(counted?.["Actual Rows"]);
    return typeof query === "string" && Number.isFinite(rows) ? { text: query, rows } : undefined;
  } catch {
    return undefined;
  }
}

function* entriesOf(text: string, database: string): Generator<Entry> {
  // A line that continues an entry begins with a tab.
  for (const entry of text.split(/\n(?!\t)/)) {
    const [, process = "", user = "", name = "", level = "", said = ""] =
      /^(\d+),([^,]*),([^,]*),([A-Z]+): {2}(.*)$/s.exec(entry) ?? [];
    if (name !== database || user.endsWith("_reader")) continue;
    yield { process, level, text: said.replaceAll("\n\t", "\n").trim() };
  }
}

function read(log: string, from: number, until = endOfLog(log)): string {
  const descriptor = openSync(log, "r");
  try {
    const buffer = Buffer.alloc(Math.min(LIMIT, until - from));
    const length = readSync(descriptor, buffer, 0, buffer.length, from);
    return buffer.toString("utf8", 0, length);
  } finally {
    closeSync(descriptor);
  }
}
