import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, sep } from "node:path";
import { unlessAborted } from "../common/abort.ts";
import { Failure } from "../common/failure.ts";
import type { Guide } from "../guide/guide.ts";
import type { Failed, Finished, Outcome } from "../guide/outcome.ts";
import type { Launch, Place } from "../run/session.ts";
import { asShown } from "../verify/page-lines.ts";
import { connectionOf } from "./connection.ts";
import { install, ownPython } from "./install.ts";
import { refuseUndocumented } from "./load-page.ts";
import { neonEnvironment } from "./neon-driver.ts";
import type { CommandRun, Page, PageCommand, PageRun } from "./page.ts";
import { findPrograms, type PagePrograms } from "./page-clients.ts";
import { sqlPlayerOf } from "./play-sql.ts";
import { withoutVariation } from "./volatile-text.ts";

/** Makes ready what runs the commands of a page. A client works in a directory with the page's files. */
export async function launchPage(
  guide: Guide,
  page: Page,
  clients: readonly string[],
): Promise<Launch> {
  refuseUndocumented(guide);
  const found = new Map<string, PagePrograms>();
  for (const client of clients) {
    const one = await findPrograms(guide, page, client);
    if (one.kind === "found") found.set(client, one.programs);
  }
  const sql = sqlPlayerOf(page);
  const writeFiles = fileWriter();
  const installed = new Map<string, number>();
  const connections = new Set<string>(); // clients whose connection is reported
  const withAbove = outputJoiner();

  /** What the page says to install before a run, and was not installed before another. */
  async function installMissing(run: CommandRun, client: string, place: Place) {
    const lines = run.preparation.get(client) ?? [];
    const { ino, birthtimeMs } = statSync(place.directory); // it may be another one of the same name
    const directory = `${place.directory} ${ino} ${birthtimeMs}`;
    const from = installed.get(directory) ?? 0;
    installed.set(directory, lines.length);
    return install(lines.slice(from), place);
  }

  return (step, client) => {
    const run = page.runs.get(step.name);
    const programs = found.get(client);
    if (run?.kind === "sql") {
      return {
        play: async (place) => {
          const played = await unlessStopped(sql.play(run, client, place), place);
          return settled(played, run, place);
        },
      };
    }
    if (!run || !programs) throw new Error(`${client} was not prepared for ${step.name}.`);
    const command = run.commands.get(client);
    if (!command) return { play: async (place) => notFollowed("it is for other clients", place) };
    return {
      async play(place) {
        if (run.refused !== undefined) return notFollowed(run.refused, place);
        linkModules(place.directory, programs.modules);
        const connection = await connectionOf(run, client, place);
        const connected = { ...place, environment: connection.environment };
        writeFiles(run, client, connected);
        const failed = page.options.install && (await installMissing(run, client, place));
        if (failed) return failed;
        const python = programs.python || pythonIn(place.directory);
        const environment = {
          ...variablesOf(run, connected),
          ...connection.environment,
          ...(await neonEnvironment(run.files.get(client)?.values() ?? [], place)),
        };
        const source = run.files.get(client)?.get(command.file) ?? "";
        const limits = isServer(command, source) ? { timeout: SERVER_LIMIT_MS } : {};
        const outcome = await place.start(
          { ...commandOf(command, python), environment },
          { ...limits, ...(place.timeout < SERVER_LIMIT_MS ? { timeout: place.timeout } : {}) },
        );
        if (outcome.kind === "skipped") return outcome;
        writeFileSync(outcome.stdoutFile, asShown(readFileSync(outcome.stdoutFile)));
        if (isServer(command, source) && wasEnded(outcome)) return endless(outcome);
        const isFirst = !connections.has(client);
        connections.add(client);
        const whole = withAbove(strictly(outcome, page), run, [client, step.name], place);
        return noted(settled(whole, run, place), isFirst ? connection.note : undefined);
      },
    };
  };
}

/** Keeps what commands printed, for an output that a page shows below several of them. */
function outputJoiner() {
  const printed = new Map<string, string>();
  return (
    outcome: Finished | Failed,
    { above }: CommandRun,
    [client, name]: readonly [string, string],
    { golden }: Place,
  ): Finished | Failed => {
    const own = readFileSync(outcome.stdoutFile, "utf8");
    printed.set(keyOf(client, name), own);
    if (above.length === 0 || outcome.kind === "failed") return outcome;
    const all = [...above.map((one) => printed.get(keyOf(client, one))), own];
    const known = all.filter((text) => text !== undefined);
    if (known.length < all.length) {
      return { ...outcome, unverified: "the commands above it were not run again." };
    }
    // An author may only show what one of them prints.
    const documented = golden?.bytes.toString("utf8");
    const single = known.find((text) => text === documented);
    writeFileSync(outcome.stdoutFile, single ?? known.join(""));
    return outcome;
  };
}

function keyOf(client: string, run: string): string {
  return `${run} ${client}`;
}

function noted(outcome: Outcome, note: string | undefined): Outcome {
  return outcome.kind === "finished" && note !== undefined ? { note, ...outcome } : outcome;
}

/** A server that is ready prints what it has to say in less. */
const SERVER_LIMIT_MS = 5000;

function isServer({ file }: PageCommand, source: string): boolean {
  const code =
    /\.listen\(|\bDeno\.serve\(|\bBun\.serve\(|\bapp\.run\(|\buvicorn\.run\(|\.serve_forever\(/;
  return /(^|\/)server\.\w+$/.test(file) || code.test(source);
}

function wasEnded(outcome: Outcome): boolean {
  return outcome.kind === "failed" && outcome.reason.startsWith("timed out");
}

function endless(outcome: Finished | Failed): Finished {
  const { kind: _, ...ran } = outcome;
  return {
    ...ran,
    kind: "finished",
    unverified: "it is a server, which does not end, and was ended.",
  };
}

/** `--strict`: what is written to stderr counts. */
function strictly(outcome: Finished | Failed, { options }: Page): Finished | Failed {
  if (!options.strict || outcome.kind === "failed" || outcome.stderr === "") return outcome;
  return { ...outcome, kind: "failed", reason: "wrote to stderr (--strict)" };
}

function pythonIn(directory: string): string {
  const own = ownPython(directory);
  return existsSync(own) ? own : "python3";
}

/** A reader cannot run what the page shows only a part of. */
function notFollowed(reason: string, { outputFile }: Place): Finished {
  writeFileSync(outputFile, "", { mode: 0o600 });
  return {
    ...{ kind: "finished", duration: 0, stdoutFile: outputFile, stderr: "", exitCode: 0 },
    unverified: `${reason}, so it was not run.`,
  };
}

/** A statement does not end like a process when it is interrupted. Its database ends it. */
async function unlessStopped(playing: Promise<Outcome>, { signal }: Place): Promise<Outcome> {
  try {
    return await unlessAborted(playing, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return { kind: "skipped", because: "the run was interrupted" };
  }
}

/** What the author says about a run: what varies in its output, and that it only prepares. */
function settled(outcome: Outcome, run: PageRun, { golden }: Place): Outcome {
  const { isSetup, volatile } = run;
  if (outcome.kind !== "finished") return outcome;
  const { unverified, ...finished } = outcome;
  if (isSetup && unverified !== undefined) {
    return {
      ...finished,
      kind: "failed",
      reason: `did not set up: ${unverified.replace(/\.$/, "")}`,
    };
  }
  if (!volatile || !golden) return outcome;
  const printed = readFileSync(finished.stdoutFile, "utf8");
  const text = withoutVariation(
    printed,
    golden.bytes.toString("utf8"),
    volatile,
    run.kind === "sql",
  );
  writeFileSync(finished.stdoutFile, text);
  return finished;
}

/** Writes the page's files as they are by now. A file that is not shown again stays as the runs left it. */
function fileWriter() {
  const written = new Map<string, string>();
  return (run: CommandRun, client: string, place: Place): void => {
    for (const [path, content] of run.files.get(client) ?? []) {
      const file = join(place.directory, path);
      const isEnvironment = basename(path).startsWith(".env");
      const text = isEnvironment ? environmentFile(variablesOf(run, place)) : content;
      if (written.get(file) === text && existsSync(file)) continue;
      refuseOutside(file, path, place.directory);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      written.set(file, text);
    }
  };
}

/** A link may lead out of the directory: node_modules is one, and what ran before may have made others. */
function refuseOutside(file: string, path: string, directory: string): void {
  let existing = file;
  while (!lstatSync(existing, { throwIfNoEntry: false })) existing = dirname(existing);
  const top = realpathSync(directory);
  const target = existsSync(existing) ? realpathSync(existing) : "";
  if (target === top || target.startsWith(top + sep)) return;
  throw new Failure(
    "layout",
    `The page has a file ${path}, which is not below the directory of its files. It was not written.`,
  );
}

function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");
}

/** The variables that the page sets, with the scratch database instead of the placeholders. */
function variablesOf({ variables }: CommandRun, { environment }: Place): Record<string, string> {
  const url = environment.DATABASE_URL ?? "";
  const values = [...variables].map(([name, value]) => {
    if (environment[name] !== undefined) return [name, environment[name]];
    if (/^postgres(ql)?:\/\//.test(value)) return [name, url];
    if (/^jdbc:postgresql:/.test(value)) return [name, jdbcUrl(environment)];
    const part = /^(?:DB|DATABASE|POSTGRES|NEON)_?([A-Z]+)$/.exec(name)?.[1] ?? "";
    const own = environment[partsOfDatabase[part] ?? ""];
    if (own !== undefined) return [name, own];
    // They are in the connection string, as far as the server has them.
    if (/^PG(SSLMODE|CHANNELBINDING)$/.test(name)) return [name, "prefer"];
    return [name, value];
  });
  return Object.fromEntries(values);
}

/** Other names of libpq's variables: DB_HOST, POSTGRES_USER. */
const partsOfDatabase: Readonly<Record<string, string>> = {
  HOST: "PGHOST",
  HOSTNAME: "PGHOST",
  PORT: "PGPORT",
  USER: "PGUSER",
  USERNAME: "PGUSER",
  PASSWORD: "PGPASSWORD",
  PASS: "PGPASSWORD",
  NAME: "PGDATABASE",
  DATABASE: "PGDATABASE",
  DB: "PGDATABASE",
};

function jdbcUrl({ PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD }: Place["environment"]): string {
  const [database, user, password] = [PGDATABASE, PGUSER, PGPASSWORD].map((text) =>
    encodeURIComponent(text ?? ""),
  );
  return `jdbc:postgresql://${PGHOST}:${PGPORT}/${database}?user=${user}&password=${password}`;
}

function commandOf({ program, file, options, words }: PageCommand, python: string) {
  const rest = [...options, file, ...words];
  switch (program) {
    case "psql":
      throw new Error("The SQL of a file is played.");
    case "python":
      return { program: python, arguments: rest };
    case "node":
      return { program: process.execPath, arguments: rest };
    case "tsx": {
      const tsx = createRequire(import.meta.url).resolve("tsx/cli");
      return { program: process.execPath, arguments: [tsx, ...rest] };
    }
  }
}

function linkModules(directory: string, modules: string | undefined): void {
  const link = join(directory, "node_modules");
  if (modules === undefined || lstatSync(link, { throwIfNoEntry: false })) return;
  symlinkSync(modules, link, "junction");
}
