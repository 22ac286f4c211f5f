import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Failure, messageOf } from "../../runner/common/failure.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { openWorkspace } from "../../runner/workspace/workspace.ts";
import { makeCases } from "./cases.ts";
import { root } from "./process.ts";
import { type Case, groups, measureInTurn, type Series } from "./series.ts";
import { makeShortServer, startBenchServer } from "./server.ts";
import { figureTable, machineLine } from "./table.ts";

const usage = `Usage: npm run bench -- [options]

  --only CASE   measure this case or group only (repeatable)
  --quick       three runs of each case, which is too few to rely on
  --json        print JSON, with every single measurement
  --write       put the table into docs/performance.md
  --help        show this help
`;

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  return 2;
});

async function main(): Promise<number> {
  const options = parseOptions();
  if (options.help) return print(usage);
  if (existsSync(join(root, ".env"))) {
    const remedy = "Move it away while you measure: the runs would use its server.";
    throw new Failure("usage", `There is an .env file. ${remedy}`);
  }
  // If this process is killed, the workspace's watchdog ends the server and removes the files.
  const workspace = openWorkspace();
  const server = await startBenchServer();
  const short = await makeShortServer();
  try {
    const { directory } = workspace;
    const field = { guide: await loadGuide(root), server, short, directory };
    const { cases, leftOut } = await makeCases(field);
    const chosen = choose(cases, options.only);
    const machine = machineLine(server.version);
    const rounds = options.quick ? 3 : 7;

    const all: Series[] = [];
    for (const together of groups) {
      const ofGroup = chosen.filter(({ group }) => group === together);
      all.push(...(await measureInTurn(ofGroup, rounds, (text) => console.error(text))));
    }
    const unverified = all.flatMap(({ name, notVerified }) =>
      notVerified ? [`${name} was not verified, and has no figures. ${notVerified}`] : [],
    );
    const series = `${rounds} runs of each case, in turn, after a warm-up.${options.quick ? " **Three are too few to rely on.**" : ""}`;

    const text = `${[machine, series, ...leftOut, ...unverified, figureTable(all)].join("\n\n")}\n`;
    print(options.json ? `${JSON.stringify({ machine, rounds, all }, null, 2)}\n` : text);
    if (unverified.length > 0) return 1;
    if (options.write) writeDocument(text);
    return 0;
  } finally {
    await server.close();
    short.close();
    workspace.close();
  }
}

function parseOptions() {
  const flag = { type: "boolean", default: false } as const;
  const only = { type: "string", multiple: true, default: [] as string[] } as const;
  try {
    return parseArgs({ options: { only, quick: flag, json: flag, write: flag, help: flag } })
      .values;
  } catch (error) {
    throw new Failure("usage", `${messageOf(error)}\n\n${usage}`);
  }
}

/** A name stands for its case, or for all cases of its group. */
function choose(cases: readonly Case[], only: readonly string[]): readonly Case[] {
  const isNamed = ({ name, group }: Case, wanted: string) => name === wanted || group === wanted;
  const unknown = only.find((wanted) => !cases.some((one) => isNamed(one, wanted)));
  if (unknown !== undefined) {
    const names = cases.map(({ name }) => name).join(", ");
    const message = `There is no case "${unknown}" here. The cases: ${names}. The groups: ${groups.join(", ")}.`;
    throw new Failure("usage", message);
  }
  if (only.length === 0) return cases;
  return cases.filter((one) => only.some((wanted) => isNamed(one, wanted)));
}

/** Puts the table between the markers that the document has for this version of Node.js. */
function writeDocument(table: string): void {
  const file = join(root, "docs", "performance.md");
  const name = `bench, Node.js ${process.versions.node.split(".")[0]}`;
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = readFileSync(file, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Failure("layout", `${file} needs the lines ${begin} and ${end}.`);
  }
  writeFileSync(file, `${text.slice(0, from)}${begin}\n\n${table}\n${text.slice(to)}`);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
