import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { type Guide, goldenFile } from "../../runner/guide/guide.ts";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import { makeDirectory } from "../../runner/workspace/cache-directory.ts";
import { backToAnyPoint } from "./back.ts";
import { makeLongGuide, makeMarkedGuide } from "./guides.ts";
import { type Command, type Ended, root, runProcess, succeed } from "./process.ts";
import { type Case, type Group, type Measurement, NotVerified } from "./series.ts";
import type { BenchServer, ShortServer } from "./server.ts";
import { saveToVerdict } from "./watch.ts";

/** What the cases work with: the guide, a server, and a directory for what they make. */
export interface Field {
  readonly guide: Guide;
  readonly server: BenchServer;
  readonly short: ShortServer;
  readonly directory: string;
}

/** From these versions on, Node.js takes the types away by itself, without a flag. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isTypeless = major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);

/** `node run-guide.ts`, or what comes nearest to it. */
const start = { program: process.execPath, choices: isTypeless ? [] : ["--import", "tsx"] };

/** All cases that this machine can run, and what it cannot run. */
export async function makeCases(field: Field): Promise<{ cases: Case[]; leftOut: string[] }> {
  const { guide, server, directory } = field;
  const python = await findPython();
  const runs = guide.runs.length;
  const given = { DATABASE_URL: server.url };
  const npx = { program: "npx", choices: ["tsx"] };
  const scripts = once(() => compilePlainScripts(field));
  const cases = [
    make("guide", "floor", async () => runLanes(field, await scripts())),
    make("guide", "least", async () => runLeast(field, await scripts())),
    make("guide", "embedded", () => runGuide(start, runs, {})),
    make("guide", "given", () => runGuide(start, runs, given)),
    make("guide", "tsx", () => runGuide(npx, runs, {})),
    make("guide", "first", () => runFirst(runs, join(directory, "first"))),
    ...(python ? [make("guide", "originals", () => runOriginals(field, python))] : []),
    ...stepCases(field, scripts),
    make("save", "save", () => saveToVerdict(start, directory, server.url)),
    make("save", "back", () => backToAnyPoint(directory, server.url)),
    ...growthCases(field),
    ...[1, 20].map((count) => make("crowd", `runs-${count}`, () => runCrowd(count, runs))),
  ];
  const leftOut =
    "The Python originals are left out. They need psycopg2, asyncpg and python-dotenv. On Debian: apt-get install python3-psycopg2 python3-asyncpg python3-dotenv.";
  return { cases, leftOut: python ? [] : [leftOut] };
}

function make(group: Group, name: string, run: () => Promise<Measurement>): Case {
  return { group, name, run };
}

/** Makes something when it is first needed, which is in the warm-up. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** By library, the programs of the guide's steps in their order. */
type PlainScripts = ReadonlyMap<string, readonly string[]>;

/** Bundles the plain scripts of each library as a reader would: nothing of the runner's is in them. */
async function compilePlainScripts({ guide, directory }: Field): Promise<PlainScripts> {
  const compile = async (library: string): Promise<[string, string[]]> => {
    const outdir = join(directory, "plain", library);
    await build({
      entryPoints: guide.steps.map(({ name }) => join(root, "standalone", library, `${name}.ts`)),
      outdir,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      format: "esm",
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
    return [library, guide.runs.map(({ step }) => join(outdir, `${step.name}.mjs`))];
  };
  return new Map(await Promise.all(["pg", "postgres"].map(compile)));
}

/** Runs the scripts of each library one after the other, and the libraries side by side. */
function runLanes({ guide, server }: Field, scripts: PlainScripts): Promise<Measurement> {
  return server.withDatabase((one) =>
    server.withDatabase((two) => runInLanes(guide, process.execPath, lanesOf(scripts, [one, two]))),
  );
}

function lanesOf(scripts: PlainScripts, urls: readonly string[]) {
  return [...scripts.values()].map((programs, lane) =>
    programs.map((program) => ({ program, url: urls[lane] ?? "" })),
  );
}

/**
 * What a run with an embedded server cannot do without: Node.js starts with a file in TypeScript, a server starts on
 * files that have the databases already, the plain scripts run, and the server stops.
 */
async function runLeast(
  { guide, directory, short }: Field,
  scripts: PlainScripts,
): Promise<Measurement> {
  const file = join(directory, `nothing.${isTypeless ? "ts" : "mjs"}`);
  writeFileSync(file, "export {};\n");
  const started = performance.now();
  await succeed({ program: process.execPath, choices: [file] });
  await short.run((urls) => runInLanes(guide, process.execPath, lanesOf(scripts, urls)));
  return { wall: performance.now() - started };
}

/** The Python scripts of both libraries, one after the other, as their guide has them. */
function runOriginals({ guide, server }: Field, python: string): Promise<Measurement> {
  return server.withDatabase((url) => {
    const lane = ["psycopg2", "asyncpg"].flatMap((library) =>
      guide.runs.map(({ step }) => ({
        program: join(root, "standalone", library, `${step.name}.py`),
        url,
      })),
    );
    return runInLanes(guide, python, [lane]);
  });
}

/** One shell runs all, so that nothing of the benchmark is in the figures. */
async function runInLanes(
  guide: Guide,
  interpreter: string,
  lanes: readonly (readonly { readonly program: string; readonly url: string }[])[],
): Promise<Measurement> {
  const word = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const outputs: string[] = [];
    const commands = lanes.map((lane) => {
      const all = lane.map(({ program, url }) => {
        const output = join(directory, String(outputs.length));
        outputs.push(output);
        return `DATABASE_URL=${word(url)} ${word(interpreter)} ${word(program)} > ${word(output)}`;
      });
      return `{ ${all.join(" && ")}; } & ids="$ids $!"`;
    });
    const script = `${commands.join("\n")}\nfor id in $ids; do wait "$id" || exit 1; done`;
    const ended = await succeed({ program: "bash", choices: ["-c", script] });
    for (const [index, output] of outputs.entries()) {
      const run = guide.runs[index % guide.runs.length];
      const expected = run && readFileSync(join(guide.directory, goldenFile(run)), "utf8");
      if (readFileSync(output, "utf8") !== expected) {
        throw new NotVerified(`${run?.name} printed something else.`);
      }
    }
    return ended;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const tenTimes = 'for i in {1..10}; do "$@" > /dev/null || exit 1; done';

/** The guide's 02-read with pg, and the plain script that does the same, in turn. */
function stepCases(
  { guide, server, directory }: Field,
  scripts: () => Promise<PlainScripts>,
): Case[] {
  const [create, read] = guide.steps;
  if (!create || !read) throw new Error("The guide has fewer than two steps.");
  const driver = { name: "pg", file: join(root, "drivers/pg.ts") };
  const steps = once(() => compileSteps([create, read], join(directory, "steps"), "", driver));
  const measure = (...words: string[]) =>
    server.withDatabase(async (DATABASE_URL) => {
      const node = { program: process.execPath, environment: { DATABASE_URL } };
      const prepare = (await steps()).get(create) ?? "";
      await succeed({ ...node, choices: [prepare, "--driver", "pg"] });
      return succeed({
        program: "bash",
        environment: { DATABASE_URL },
        choices: ["-c", tenTimes, "-", process.execPath, ...words],
      });
    });
  return [
    make("step", "step", async () => measure((await steps()).get(read) ?? "", "--driver", "pg")),
    make("step", "script", async () => measure((await scripts()).get("pg")?.[1] ?? "")),
  ];
}

function growthCases({ server, directory }: Field): Case[] {
  const grown = (name: string, makeGuide: () => string, steps: number, clients = 2) => {
    const guide = once(makeGuide);
    return make("growth", name, () => runOther(guide(), steps, clients, server.url));
  };
  return [
    ...[4, 40, 80, 200].map((count) =>
      grown(`steps-${count}`, () => makeLongGuide(directory, count), count),
    ),
    grown("clients-8", () => makeLongGuide(directory, 20, 6), 20, 8),
    ...[5, 50].map((size) => grown(`markers-${size}`, () => makeMarkedGuide(directory, size), 1)),
  ];
}

/** Runs this project's own guide once. */
async function runGuide(
  { program, choices }: Command,
  runs: number,
  environment: NodeJS.ProcessEnv,
): Promise<Measurement> {
  const all = [...choices, "run-guide.ts", "--reporter", "json"];
  return verified(await succeed({ program, choices: all, environment }), runs, 2);
}

/** Runs the guide as on a machine that never ran it: nothing of the runner's is cached. */
async function runFirst(runs: number, cache: string): Promise<Measurement> {
  makeDirectory(cache);
  try {
    return await runGuide(start, runs, { XDG_CACHE_HOME: cache });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/** Starts several runs at once, each with its embedded server. The time is the last one's. */
async function runCrowd(count: number, runs: number): Promise<Measurement> {
  const crowd = Array.from({ length: count }, () => runGuide(start, runs, {}));
  await Promise.allSettled(crowd); // the next case begins after all, even if one fails
  return { wall: Math.max(...(await Promise.all(crowd)).map(({ wall }) => wall)) };
}

/** Runs another guide, and measures the runner's memory from within. */
async function runOther(
  guide: string,
  runs: number,
  clients: number,
  DATABASE_URL: string,
): Promise<Measurement> {
  const file = join(guide, "peak-memory");
  const hook = pathToFileURL(join(import.meta.dirname, "peak-memory.mjs")).href;
  const ended = await succeed({
    program: start.program,
    choices: [
      ...["--import", hook, ...start.choices, "run-guide.ts"],
      ...["--guide", guide, "--reporter", "json"],
    ],
    environment: { DATABASE_URL, BENCH_PEAK_MEMORY_FILE: file },
  });
  if (!existsSync(file)) throw new NotVerified("It left no peak of its memory.");
  return { ...verified(ended, runs, clients), memory: Number(readFileSync(file, "utf8")) };
}

/** Checks what the JSON report of a runner says: docs/json-report.md. */
function verified(ended: Ended, runs: number, clients: number): Measurement {
  const { summary } = JSON.parse(ended.stdout);
  const said = [summary.verified, summary.verdicts.match, summary.clients].join();
  if (said !== [true, runs, clients].join()) throw new NotVerified(`Its report says ${said}.`);
  return { wall: ended.wall, processor: ended.processor };
}

/** A Python that has all that the originals import. */
async function findPython(): Promise<string | undefined> {
  const choices = ["-c", "import asyncpg, dotenv, psycopg2"];
  for (const program of [process.env.PYTHON ?? "python3", "/usr/bin/python3"]) {
    if ((await runProcess({ program, choices })).code === 0) return program;
  }
  return undefined;
}
