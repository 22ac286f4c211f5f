import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import pg from "pg";
import { attempt } from "../common/failure.ts";
import { isRecord } from "../common/json.ts";
import { parseConnectionString } from "../connection/connection-string.ts";
import { tlsOptions } from "../connection/tls.ts";

/** The driver sends one, or several in one transaction. */
interface Statement {
  readonly query: string;
  readonly params: readonly unknown[];
}

interface Body {
  readonly isBatch: boolean;
  readonly statements: readonly Statement[];
}

/**
 * Answers the SQL that Neon's driver sends over HTTP, as Neon does: https://neon.com/docs/serverless.
 * Values stay as the server wrote them: the driver parses them.
 * @param databaseUrl the only database that it is for. A request must name the same one, with its password
 */
export async function answerSql(
  request: IncomingMessage,
  response: ServerResponse,
  databaseUrl: string,
): Promise<void> {
  const send = (status: number, body: object) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const { method, url, headers } = request;
  const isOurs = sameDatabase(headers["neon-connection-string"], databaseUrl);
  // Only a browser sends an Origin, on behalf of some page.
  if (headers.origin !== undefined || method !== "POST" || url !== "/sql" || !isOurs) {
    return send(403, { message: "This address is for the guide's own processes." });
  }
  const body = readBody(await readText(request));
  if (!body) return send(400, { message: "The body is not a query." });
  const settings = parseConnectionString(databaseUrl);
  const ssl = settings.sslMode === "disable" ? false : tlsOptions(settings);
  const client = new pg.Client({ connectionString: databaseUrl.replace(/\?.*$/, ""), ssl });
  client.on("error", () => {}); // the query says it, too
  try {
    await client.connect();
    const results = await play(client, body, (name) => String(headers[`neon-batch-${name}`] ?? ""));
    send(200, body.isBatch ? { results } : (results[0] ?? {}));
  } catch (error) {
    send(400, errorBody(error));
  } finally {
    await client.end().catch(() => {});
  }
}

function sameDatabase(header: string | string[] | undefined, databaseUrl: string): boolean {
  const loginOf = (text: string) => {
    const { username, password, pathname } = new URL(text);
    return [username, password, pathname].join("\n");
  };
  return attempt(() => loginOf(String(header)) === loginOf(databaseUrl), false);
}

/** @returns undefined for what is not a query */
function readBody(text: string): Body | undefined {
  const body: unknown = attempt(() => JSON.parse(text), undefined);
  if (!isRecord(body)) return undefined;
  const isBatch = Array.isArray(body.queries);
  const statements = [isBatch ? body.queries : body].flat().map(readStatement);
  return statements.every((one) => one !== undefined) ? { isBatch, statements } : undefined;
}

function readStatement(value: unknown): Statement | undefined {
  if (!isRecord(value) || typeof value.query !== "string") return undefined;
  return { query: value.query, params: Array.isArray(value.params) ? value.params : [] };
}

/** @param option gives what the request says about its transaction */
async function play(
  client: pg.Client,
  { isBatch, statements }: Body,
  option: (name: string) => string,
): Promise<object[]> {
  const level = /^(ReadUncommitted|ReadCommitted|RepeatableRead|Serializable)$/.exec(
    option("isolation-level"),
  )?.[0];
  const modes = [
    level === undefined ? "" : `ISOLATION LEVEL ${level.replace(/(?<=[a-z])(?=[A-Z])/g, " ")}`,
    option("read-only") === "true" ? "READ ONLY" : "",
    option("deferrable") === "true" ? "DEFERRABLE" : "",
  ];
  const results: object[] = [];
  if (isBatch) await client.query(`BEGIN ${modes.filter(Boolean).join(", ")}`);
  for (const statement of statements) results.push(await send(client, statement));
  if (isBatch) await client.query("COMMIT");
  return results;
}

async function send(client: pg.Client, { query, params }: Statement): Promise<object> {
  const { fields, rows, command, rowCount } = await client.query<unknown[]>({
    text: query,
    values: [...params],
    rowMode: "array",
    types: { getTypeParser: () => (value: string) => value },
  });
  return { fields, rows, command, rowCount, rowAsArray: true };
}

function errorBody(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return { ...error, message: error.message };
}
