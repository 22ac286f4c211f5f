import { writeFileSync } from "node:fs";
import type { Finished } from "../guide/outcome.ts";
import type { Place } from "../run/session.ts";
import { asShown } from "../verify/page-lines.ts";
import type { Page, PageOptions, SqlRun } from "./page.ts";
import { compareOutput, isVolatileStatement } from "./sql/compare-output.ts";
import { type Display, formatResult } from "./sql/psql-format.ts";
import { splitStatements } from "./sql/split-statements.ts";
import { openSqlSession, type SqlResult, type SqlSession } from "./sql/sql-session.ts";

/** Sends the SQL of a page, and prints what psql would. */
export interface SqlPlayer {
  play(run: SqlRun, client: string, place: Place): Promise<Finished>;
}

/** What a client's psql would remember from block to block. */
interface Memory {
  readonly url: string;
  session: SqlSession | undefined;
  display: Display;
  /** The index of the last run. */
  last: number;
  /** Of the last block. */
  played: Played;
}

interface Played {
  readonly results: readonly SqlResult[];
  readonly isVolatile: boolean;
  /** Why the block was not sent, or not all of it. */
  readonly refused: string | undefined;
}

const nothing: Played = { results: [], isVolatile: false, refused: undefined };

/** Statements whose effect is not only on the page's own database. */
const beyond =
  /^\s*(CREATE|ALTER|DROP)\s+(DATABASE|ROLE|USER(?!\s+MAPPING)|GROUP|TABLESPACE|SUBSCRIPTION)\b|^\s*ALTER\s+SYSTEM\b/i;

/** Codes of what another page may have made: tables, schemas, types, databases, extensions, rights. */
const absent = /^(42P01|3F000|42704|3D000|0A000|58P01|42501)$/;
const SYNTAX_ERROR = "42601";
const FAILED_TRANSACTION = "25P02";

const players = new WeakMap<Page, SqlPlayer>();

/** Gives the player of a page. A session that compiles its steps again goes on with the same one. */
export function sqlPlayerOf(page: Page): SqlPlayer {
  const player = players.get(page) ?? openSqlPlayer(page);
  players.set(page, player);
  return player;
}

function openSqlPlayer({ sqlDrivers, settings, options }: Page): SqlPlayer {
  const memories = new Map<string, Memory>();

  /** Going back makes a new, empty database of the same name. */
  function memoryOf(client: string, url: string, { index }: SqlRun): Memory {
    const old = memories.get(client);
    if (old?.url === url && old.last < index) return old;
    old?.session?.close().catch(() => {}); // its database may be gone
    const display = { expanded: false, nullText: settings.nullText ?? "" };
    const memory = { url, session: undefined, display, last: -1, played: nothing };
    memories.set(client, memory);
    return memory;
  }

  async function sessionOf(client: string, memory: Memory, timeout: number): Promise<SqlSession> {
    memory.session ??= await openSqlSession(sqlDrivers.get(client) ?? "pg", memory.url, {
      statementTimeout: timeout,
      onUnusable() {
        memory.session = undefined;
      },
    });
    return memory.session;
  }

  return {
    async play(run, client, { environment, golden, outputFile, timeout }) {
      const started = performance.now();
      const memory = memoryOf(client, environment.DATABASE_URL ?? "", run);
      memory.last = run.index;
      if (run.part === 0) {
        memory.played = await send(run.sql, memory, () => sessionOf(client, memory, timeout));
      }
      const documented = golden?.bytes.toString("utf8") ?? "";
      const { text, ...more } = printedBy(memory.played, documented, memory.display, options);
      writeFileSync(outputFile, asShown(Buffer.from(text)), { mode: 0o600 });
      const duration = Math.round(performance.now() - started);
      return {
        ...{ kind: "finished", duration, stdoutFile: outputFile, stderr: "" },
        ...{ exitCode: 0, mayVary: true, ...more },
      };
    },
  };
}

async function send(
  sql: string,
  memory: Memory,
  connect: () => Promise<SqlSession>,
): Promise<Played> {
  const results: SqlResult[] = [];
  let isVolatile = false;
  for (const part of splitStatements(sql)) {
    if (part.kind === "meta") {
      const refused = playMeta(part.command, part.rest, memory);
      if (refused !== undefined) return { results, isVolatile, refused };
      continue;
    }
    if (beyond.test(part.text)) {
      return { results, isVolatile, refused: "it reaches beyond the page's own database." };
    }
    isVolatile ||= isVolatileStatement(part.text);
    results.push(await (await connect()).send(part.text));
  }
  if (results.some(({ error }) => error !== undefined)) {
    // A reader would type ROLLBACK after an error in a transaction.
    const session = await connect();
    const { error } = await session.send("SELECT 1");
    if (error?.code === FAILED_TRANSACTION) await session.send("ROLLBACK");
  }
  return { results, isVolatile, refused: undefined };
}

/** @returns why the command cannot be played */
function playMeta(command: string, rest: string, memory: Memory): string | undefined {
  const { display } = memory;
  const [name = "", ...words] = rest.trim().split(/\s+/);
  switch (command) {
    case "\\x":
      memory.display = { ...display, expanded: name === "" ? !display.expanded : name === "on" };
      return undefined;
    case "\\pset":
      if (name !== "null") return `psql's \\pset ${name} is not supported.`;
      memory.display = { ...display, nullText: words.join(" ").replace(/^'(.*)'$/, "$1") };
      return undefined;
    case "\\echo":
      return undefined;
    default:
      return `psql's ${command} is not supported.`;
  }
}

type Printed = { readonly text: string } & Pick<Finished, "unverified" | "note">;

function printedBy(
  { results, isVolatile, refused }: Played,
  documented: string,
  display: Display,
  { strict: isStrict = false }: PageOptions,
): Printed {
  const text = results.map((result) => formatResult(result, display)).join("");
  const failed = results.find(({ error }) => error !== undefined)?.error;
  if (documented === "" || results.length === 0) {
    if (refused !== undefined) return { text, unverified: refused };
    if (failed?.code === SYNTAX_ERROR) return { text, unverified: "it is a part of a statement." };
    if (!failed) return { text };
    return { text, unverified: `it fails, and the page shows no output: ${failed.message}.` };
  }
  const compared = compareOutput(documented, results, display);
  if (compared.kind === "exact") return { text: documented };
  if (compared.kind === "values" && !isStrict) {
    return { text: documented, note: "The values agree; the layout is not psql's." };
  }
  if (refused !== undefined) return { text, unverified: refused };
  if (isVolatile) return { text, unverified: "it depends on the time, or on chance." };
  if (failed && absent.test(failed.code) && !/\bERROR:/.test(documented)) {
    return { text, unverified: `the page does not make what it needs: ${failed.message}.` };
  }
  return { text: compared.kind === "values" ? text : compared.printed };
}
