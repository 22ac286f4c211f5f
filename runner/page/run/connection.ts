import { basename } from "node:path";
import { usedNames } from "../../common/imports.ts";
import { joinUri, splitUri } from "../../connection/connection-uri.ts";
import { namedPart, ownValue } from "../../run/database-values.ts";
import { redirect } from "../../run/redirect-connections.ts";
import type { Place } from "../../run/session.ts";
import { databaseEnvironment } from "../../run/step-environment.ts";
import type { ClientRun } from "../page.ts";

/**
 * Gives the environment of a run's connection. If the page asks for TLS, the embedded server offers it, and
 * the process trusts its certificate.
 * @returns with a note of what is unlike the page, for the report
 */
export async function connectionOf(
  run: ClientRun,
  { environment, offerTls }: Place,
): Promise<Pick<Place, "environment"> & { note?: string }> {
  const sources = [...run.files()].flatMap(([path, text]) =>
    /\.(md|txt)$/.test(path) ? [] : text,
  );
  const texts = [...sources, ...assignments(run.variables)];
  if (!offerTls || !texts.some(asksForTls)) return { environment };
  const certificate = await offerTls();
  const uri = splitUri(environment.DATABASE_URL ?? "");
  const asked = texts.map((text) => /\bsslmode=(require|verify-ca|verify-full)\b/.exec(text)?.[1]);
  const mode = asked.find((one) => one !== undefined);
  const isBound = texts.some((text) => /channel_?binding['"]?\s*[:=]\s*["']?require/i.test(text));
  const sender = isBound ? senderOfUnknown(sources) : undefined;
  const parameters = new Map(uri.parameters);
  if (mode !== undefined) parameters.set("sslmode", mode);
  if (isBound && mode !== undefined && sender === undefined) {
    parameters.set("channel_binding", "require");
  }
  const names = ["NODE_EXTRA_CA_CERTS", "PGSSLROOTCERT", "SSL_CERT_FILE"];
  const trusted = Object.fromEntries(names.map((name) => [name, certificate]));
  const connection = databaseEnvironment(joinUri({ ...uri, parameters }));
  return {
    environment: { ...environment, ...connection, ...trusted },
    ...(sender === undefined ? {} : { note: leftOut(sender) }),
  };
}

function leftOut(library: string): string {
  return `channel_binding=require is left out: ${library} would send it to the server as a setting, which only Neon takes.`;
}

/** The settings of the page's environment, as in a connection string. */
function assignments(variables: ReadonlyMap<string, string>): string[] {
  return [...variables].map(([name, value]) => {
    if (name === "PGSSLMODE") return `sslmode=${value}`;
    return name === "PGCHANNELBINDING" ? `channel_binding=${value}` : value;
  });
}

function asksForTls(text: string): boolean {
  return (
    /\bsslmode['"]?\s*[:=]\s*["']?(require|verify-)/.test(text) ||
    /\bssl['"]?\s*[:=]\s*(["']require|["']verify|true\b|True\b|\{|ssl\.)/.test(text)
  );
}

/** The first library that sends parameters which it does not know to the server. */
function senderOfUnknown(sources: readonly string[]): string | undefined {
  if (sources.some((source) => /^\s*(import|from)\s+asyncpg\b/m.test(source))) return "asyncpg";
  return sources.some((source) => usedNames(source).includes("postgres"))
    ? "postgres.js"
    : undefined;
}

/** Gives a file of the page the scratch database instead of placeholders, and of any other place. */
export function withScratchDatabase(
  path: string,
  text: string,
  { environment }: Pick<Place, "environment">,
  connects: boolean,
): string {
  if (!basename(path).startsWith(".env")) {
    return connects ? redirect(path, text, environment).text : text;
  }
  const assignment = /^([ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*)(.*)$/gm;
  const replaced = text.replace(assignment, (line, start, name, value) => {
    const [, , quoted, plain] = /^(["'])(.*?)\1|^(.*?)(?:\s+#.*)?$/.exec(value) ?? [];
    const own = ownValue(name, quoted ?? plain ?? "", environment);
    return own === undefined ? line : `${start}"${own}"`;
  });
  return redirect(path, replaced, environment).text;
}

export const SHOWS_DATABASE = "it shows the database of this run.";

/** True for a text with what only the run's own database has: its name, its role, its password, its port. */
export function namesDatabase(text: string, environment: Place["environment"]): boolean {
  const { PGDATABASE, PGUSER, PGPASSWORD, PGPORT } = environment;
  const words = new Set(text.split(/[^\w.-]+/));
  return [PGDATABASE, PGUSER, PGPASSWORD, PGPORT].some((one) => one && words.has(one));
}

/** A word of a command: a connection string is that of the scratch database. */
export function redirectedWord(word: string, { environment }: Pick<Place, "environment">): string {
  return ownValue("", word, environment) ?? word;
}

/**
 * What the variables that a program names are in the scratch database: a page may ask its readers to set DB_HOST, and
 * has a place for those who do not. Those of the reader's shell are never used.
 */
export function namedVariables(
  sources: Iterable<string>,
  { environment }: Pick<Place, "environment">,
): Record<string, string> {
  const texts = [...sources].filter((source) => /env/i.test(source));
  const names = new Set(texts.flatMap((source) => source.match(/\b[A-Z][A-Z\d_]+\b/g) ?? []));
  const all = [...Object.keys(process.env), ...names];
  return Object.fromEntries(
    all.flatMap((name) => {
      const own = name.startsWith("PG") ? undefined : namedPart(name, environment);
      return own === undefined ? [] : [[name, own]];
    }),
  );
}

/**
 * The variables that the page sets for a process, with the scratch database instead of the placeholders. It reads
 * those of a file such as .env itself.
 */
export function exportedBy(
  { variables, exported }: ClientRun,
  { environment }: Place,
): Record<string, string> {
  const own = [...variables].filter(([name]) => exported.has(name));
  return Object.fromEntries(
    own.map(([name, value]) => [name, ownValue(name, value, environment) ?? value]),
  );
}

/** DATABASE_URL is always set, and no file that a program loads replaces it: it has the settings of the page's own. */
export function mainUrl(
  { variables }: ClientRun,
  { environment }: Pick<Place, "environment">,
): { DATABASE_URL?: string } {
  const name = "DATABASE_URL";
  const own = ownValue(name, variables.get(name) ?? "", environment);
  return own === undefined ? {} : { [name]: own };
}

const preload = new URL("./neon-preload.mjs", import.meta.url).href;

/** The addresses of the bridges, by the connection strings of their databases. */
const bridges = new Map<string, Promise<string | undefined>>();

/**
 * Leads Neon's serverless driver to a server that is not Neon's, over HTTP and over WebSockets.
 * @returns what the process needs in its environment; nothing for a page that does not use the driver
 */
export async function neonEnvironment(
  sources: Iterable<string>,
  { environment }: Pick<Place, "environment">,
): Promise<Record<string, string>> {
  // The driver itself, or what is for it, such as drizzle-orm/neon-http.
  const isUsed = [...sources].some((source) => usedNames(source).some((one) => /\bneon/.test(one)));
  const url = environment.DATABASE_URL ?? "";
  if (!isUsed) return {};
  const opening = bridges.get(url) ?? open(url);
  bridges.set(url, opening);
  const address = await opening;
  if (address === undefined) return {};
  return { GUIDE_NEON_ADDRESS: address, NODE_OPTIONS: `--import=${preload}` };
}

/** @returns undefined for one of Neon's servers */
async function open(url: string): Promise<string | undefined> {
  const { openBridge } = await import("../../run/websocket-bridge.ts");
  const { answerSql } = await import("../../run/neon-http.ts");
  const settings = await openBridge(url, (request, response) => {
    answerSql(request, response, url).catch(() => response.destroy());
  });
  return settings.wsProxy?.().replace(/\/$/, "");
}
