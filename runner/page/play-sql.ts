import { writeFileSync } from "node:fs";
import { databaseUrl } from "../connection/environment.ts";
import type { Failed, Finished } from "../guide/outcome.ts";
import type { Place } from "../run/session.ts";
import { asShown } from "../verify/page-lines.ts";
import { matchesPattern } from "../verify/pattern.ts";
import type { Page, PageOptions, SqlRun } from "./page.ts";
import { compareOutput } from "./sql/compare-output.ts";
import { type Doubts, isFragment, openDoubts } from "./sql/doubts.ts";
import {
  type BlockContext,
  explainDifference,
  explainError,
  isPresent,
} from "./sql/explain-difference.ts";
import { differsByDriver, plainDisplay, textOf } from "./sql/play-again.ts";
import { type Display, formatResults } from "./sql/psql-format.ts";
import { FAILED_TRANSACTION, type Played, sendBlock } from "./sql/send-block.ts";
import type { SqlError } from "./sql/sql-result.ts";
import { openSqlSession, type SqlResult, type SqlSession } from "./sql/sql-session.ts";

/** Sends the SQL of a page, and prints what psql would. */
export interface SqlPlayer {
  play(run: SqlRun, client: string, place: Place): Promise<Finished | Failed>;
}

/** What a client's psql would remember from block to block. */
interface Memory {
  readonly url: string;
  readonly doubts: Doubts;
  session: SqlSession | undefined;
  display: Display;
  /** The index of the last run. */
  last: number;
  /** Of the last block. */
  played: Played;
  shown: Shown;
  /** Each block that was sent. Their results are not kept: there may be many. */
  readonly sent: string[];
  /** True once a block has differed between the drivers: what follows may only differ for that. */
  hasDiffered: boolean;
}

/** What the outputs of a block have shown so far. */
interface Shown {
  /** The index of the first result of the last output that matched: the next one shows no earlier result. */
  readonly from: number;
  readonly text: string;
}

const nothingShown: Shown = { from: 0, text: "" };

const players = new WeakMap<Page, SqlPlayer>();

/** Gives the player of a page. A session that compiles its steps again goes on with the same one. */
export function sqlPlayerOf(page: Page): SqlPlayer {
  const player = players.get(page) ?? openSqlPlayer(page);
  players.set(page, player);
  return player;
}

function openSqlPlayer({ sqlDrivers, settings, options, reachesBeyond }: Page): SqlPlayer {
  const memories = new Map<string, Memory>();
  // Only then does the page have servers of its own.
  const mayReachBeyond = reachesBeyond && databaseUrl() === undefined;
  const driverOf = (client: string) => sqlDrivers.get(client) ?? "pg";

  /** Going back makes a new, empty database of the same name. */
  function memoryOf(client: string, url: string, { index }: SqlRun): Memory {
    const old = memories.get(client);
    if (old?.url === url && old.last < index) return old;
    old?.session?.close().catch(() => {}); // its database may be gone
    const display = { ...plainDisplay, nullText: settings.nullText ?? "" };
    const played: Played = { results: [], refused: undefined, display };
    const memory: Memory = {
      ...{ url, session: undefined, display, last: -1, played, shown: nothingShown },
      ...{ doubts: openDoubts(), sent: [], hasDiffered: false },
    };
    memories.set(client, memory);
    return memory;
  }

  async function sessionOf(client: string, memory: Memory, timeout: number): Promise<SqlSession> {
    memory.session ??= await openSqlSession(driverOf(client), memory.url, {
      statementTimeout: timeout,
      onUnusable() {
        memory.session = undefined;
      },
    });
    return memory.session;
  }

  /** The client that comes second looks. Without a client of each driver, nothing can be told. */
  async function varies(client: string, { index }: SqlRun, timeout: number): Promise<boolean> {
    const own = memories.get(client);
    const other = [...memories].find(([name]) => driverOf(name) !== driverOf(client))?.[1];
    if (!own || other?.last !== index || other.sent.length !== own.sent.length) return true;
    const [mine, theirs] = [own.played.results, other.played.results];
    if (own.hasDiffered || textOf(mine) === textOf(theirs)) return true;
    own.hasDiffered = true;
    other.hasDiffered = true;
    const isPg = driverOf(client) === "pg";
    const [pg, postgres] = isPg ? [mine, theirs] : [theirs, mine];
    return !(await differsByDriver(own.url, own.sent, { pg, postgres }, timeout));
  }

  return {
    async play(run, client, { environment, golden, outputFile, timeout }) {
      const started = performance.now();
      const memory = memoryOf(client, environment.DATABASE_URL ?? "", run);
      const { doubts } = memory;
      const connect = () => sessionOf(client, memory, timeout);
      memory.last = run.index;
      if (run.part === 0) {
        memory.played = await sendBlock(run.sql, memory.display, doubts, mayReachBeyond, connect);
        memory.display = memory.played.display;
        memory.shown = nothingShown;
        memory.sent.push(run.sql);
        for (const result of memory.played.results) if (!result.error) doubts.note(result);
      }
      const { results } = memory.played;
      const context: BlockContext = {
        ...{
          display: memory.display,
          doubts,
          isGuess: run.isGuess,
          isTable: run.isTable,
          unrun: run.unrun,
        },
        isFurther: run.part > 0 && results.length <= run.part,
        probe: async (sql) => (await connect()).send(sql),
      };
      const documented = golden?.bytes.toString("utf8") ?? "";
      const played = { ...memory.played, results: results.slice(memory.shown.from) };
      const compared = run.mayFail
        ? varying(played, context)
        : await judgeBlock(played, documented, context, options);
      memory.shown = {
        from: memory.shown.from + (compared.kind === "match" ? (compared.first ?? 0) : 0),
        text: `${memory.shown.text}\n${documented}`,
      };
      const isWhole = compared.kind === "match" && documented !== "" && !run.hasMore;
      const judged = isWhole
        ? ((await unshownError(results, memory.shown.text, context)) ?? compared)
        : compared;
      if (judged.kind !== "match") for (const one of results) if (one.error) doubts.note(one);

      writeFileSync(outputFile, asShown(Buffer.from(judged.text)), { mode: 0o600 });
      const ran = { stdoutFile: outputFile, stderr: "", exitCode: 0 };
      const duration = Math.round(performance.now() - started);
      if (judged.kind === "error") {
        return { kind: "failed", duration, ...ran, reason: judged.reason, goesOn: !run.isSetup };
      }
      const mayVary = judged.kind !== "differs" || (await varies(client, run, timeout));
      return {
        ...{ kind: "finished", duration, ...ran, mayVary },
        ...(judged.kind === "unverified" && { unverified: judged.reason }),
        ...(judged.kind === "match" && judged.note !== undefined && { note: judged.note }),
      };
    },
  };
}

type Judged = { readonly text: string } & (
  | { readonly kind: "match"; readonly note?: string; readonly first?: number }
  | { readonly kind: "differs" }
  | { readonly kind: "unverified"; readonly reason: string }
  | { readonly kind: "error"; readonly reason: string }
);

async function judgeBlock(
  { results, refused }: Played,
  documented: string,
  context: BlockContext,
  { strict: isStrict = false }: PageOptions,
): Promise<Judged> {
  const { display } = context;
  const text = formatResults(results, display);
  const unverified = (reason: string): Judged => ({ kind: "unverified", text, reason });
  if (refused !== undefined && results.length === 0) return unverified(refused);
  if (documented === "") {
    return refused === undefined ? judgeUndocumented(results, text, context) : unverified(refused);
  }
  const compared = compareOutput(documented, results, display);
  if (compared.kind === "exact") {
    return { kind: "match", text: documented, first: compared.first };
  }
  if (compared.kind === "values") {
    if (isStrict) return { kind: "differs", text };
    const note = "The values agree; the layout is not psql's.";
    return { kind: "match", text: documented, note, first: compared.first };
  }
  if (matchesPattern(documented, `${compared.printed.trimEnd()}\n`)) {
    return { kind: "differs", text: compared.printed }; // only where markers say so
  }
  if (refused !== undefined) return unverified(refused);
  if (results.length === 0) return unverified("it is only for psql, which is not run.");
  const reason = await explainDifference(documented, results, context);
  if (reason !== undefined) return unverified(reason);
  return { kind: "differs", text: compared.printed };
}

/** The page says that it varies, and shows that it fails. */
function varying({ results }: Played, { display }: BlockContext): Judged {
  const text = formatResults(results, display);
  return { kind: "unverified", text, reason: "the page says that it varies." };
}

/** An error that the page does not show is one of the page, unless it needs what is not there. */
async function judgeUndocumented(
  results: readonly SqlResult[],
  text: string,
  context: BlockContext,
): Promise<Judged> {
  const failed = results.find(({ error }) => error !== undefined);
  if (!failed?.error) return { kind: "match", text };
  const { error, statement } = failed;
  const reason = isFragment(error)
    ? "it is a part of a statement."
    : isPresent(error)
      ? undefined
      : await explainError(error, statement, context);
  if (reason !== undefined) return { kind: "unverified", text, reason };
  return failedUnseen(error, text);
}

/**
 * Look for a statement that failed in a block of which the page only shows other results.
 * @param shown all outputs of the block
 */
async function unshownError(
  results: readonly SqlResult[],
  shown: string,
  context: BlockContext,
): Promise<Judged | undefined> {
  const text = formatResults(results, context.display);
  const letters = (part: string) => part.replace(/\s+/g, "");
  for (const { error, statement } of results) {
    if (!error || letters(shown).includes(letters(error.message))) continue;
    if (error.code === FAILED_TRANSACTION || isFragment(error)) continue;
    if ((await explainError(error, statement, context)) === undefined) {
      return failedUnseen(error, text);
    }
  }
  return undefined;
}

function failedUnseen({ severity, message }: SqlError, text: string): Judged {
  const reason = `failed, and the page shows no error: ${severity}: ${message}`;
  return { kind: "error", text, reason };
}
