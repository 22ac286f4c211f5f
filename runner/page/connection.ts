import { joinUri, splitUri } from "../connection/connection-uri.ts";
import type { Place } from "../run/session.ts";
import { databaseEnvironment } from "../run/step-environment.ts";
import type { CommandRun } from "./page.ts";

/** With what a run connects. */
export interface Connection {
  readonly environment: Readonly<Record<string, string>>;
  /** What is unlike the page, for the report. */
  readonly note?: string;
}

/**
 * Gives the environment of a run's connection. If the page asks for TLS, the embedded server offers it, and
 * the process trusts its certificate.
 */
export async function connectionOf(
  run: CommandRun,
  client: string,
  { environment, offerTls }: Place,
): Promise<Connection> {
  const sources = [...run.filesOf(client)].filter(([path]) => !/\.(md|txt)$/.test(path));
  const texts = [...sources.map(([, source]) => source), ...assignments(run.variables.get(client))];
  if (!offerTls || !texts.some(asksForTls)) return { environment };
  const certificate = await offerTls();
  const uri = splitUri(environment.DATABASE_URL ?? "");
  const asked = texts.map((text) => /\bsslmode=(require|verify-ca|verify-full)\b/.exec(text)?.[1]);
  const mode = asked.find((one) => one !== undefined);
  const isBound = texts.some((text) => /channel_?binding['"]?\s*[:=]\s*["']?require/i.test(text));
  const sender = isBound ? senderOfUnknown(sources.map(([, source]) => source)) : undefined;
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
function assignments(variables: ReadonlyMap<string, string> = new Map()): string[] {
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
  const imports = [
    ["asyncpg", /^\s*(import|from)\s+asyncpg\b/m],
    ["postgres.js", /\b(from|require\()\s*["']postgres["']/],
  ] as const;
  return imports.find(([, pattern]) => sources.some((source) => pattern.test(source)))?.[0];
}
