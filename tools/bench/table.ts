import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { root } from "./process.ts";
import { type Measurement, paired, type Series } from "./series.ts";

/** On what the figures were taken, in a line. */
export function machineLine(postgres: string): string {
  const processors = cpus();
  const libraries = ["tsx", "esbuild", "pg", "postgres"].map((name) => {
    const file = join(root, "node_modules", name, "package.json");
    return `${name} ${JSON.parse(readFileSync(file, "utf8")).version}`;
  });
  const load = loadavg()[0]?.toFixed(2);
  const machine = `${processors[0]?.model.trim()}, ${processors.length} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, ${type()} ${release().split("-")[0]}; load before the start ${load}`;
  return `${machine}. Node.js ${process.versions.node}, ${libraries.join(", ")}, PostgreSQL ${postgres}.`;
}

type Figure = readonly [
  text: string,
  value: number | undefined,
  format: (value: number) => string,
  atMost?: number,
];

const times = (ratio: number) => ratio.toFixed(2);
const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;
const seconds = (time: number) => `${(time / 1000).toFixed(time < 10_000 ? 2 : 1)} s`;
const wall = ({ wall }: Measurement) => wall;
const processor = ({ processor = Number.NaN }: Measurement) => processor;

/** What was measured, and what the project wants, as a table in Markdown. Figures that are not known are left out. */
export function figureTable(all: readonly Series[]): string {
  const of = (name: string, pick: (one: Measurement) => number) => paired(all, [name], pick);
  const ratio = (name: string, other: string, pick = wall) =>
    paired(all, [name, other], (one, base) => pick(one) / pick(base));
  const added = (count: number, fewer: number) =>
    paired(
      all,
      [`steps-${count}`, `steps-${fewer}`],
      (more, less) => (wall(more) - wall(less)) / (count - fewer),
    );
  const memory = (name: string) => of(name, (one) => one.memory ?? Number.NaN);
  const figures: Figure[] = [
    ["the floor: twelve plain scripts in two lanes", of("floor", wall), seconds],
    [
      "… with Node.js and a server that start and end, of the floor",
      ratio("least", "floor"),
      times,
    ],
    ["the guide, embedded server", of("embedded", wall), seconds],
    ["… of the floor", ratio("embedded", "floor"), times, 1.35],
    ["… of the floor, processor time", ratio("embedded", "floor", processor), times, 1.4],
    ["the guide, given server", of("given", wall), seconds],
    ["… of the floor", ratio("given", "floor"), times, 1.6],
    [
      "the guide, embedded server, of the Python originals",
      ratio("embedded", "originals"),
      times,
      0.6,
    ],
    ["npx tsx run-guide.ts", of("tsx", wall), seconds],
    ["the first run ever", of("first", wall), seconds, 2500],
    [
      "a step, of the plain script, processor time",
      ratio("step", "script", processor),
      times,
      1.15,
    ],
    ["from a save to its verdict", of("save", wall), seconds, 250],
    ["back to any point, with two clients", of("back", wall), seconds, 150],
    ["20 runs at once, of one", ratio("runs-20", "runs-1"), times, 15],
    ["each added step, from 4 to 40", added(40, 4), seconds],
    ["each added step, from 40 to 200", added(200, 40), seconds],
    ["20 steps with 8 clients, of 80 with 2", ratio("clients-8", "steps-80"), times],
    ["50 MB of output, 500,000 markers, two clients", of("markers-50", wall), seconds],
    ["… of 5 MB", ratio("markers-50", "markers-5"), times],
    ["… memory", memory("markers-50"), megabytes],
  ];
  const rows = figures.flatMap(([text, value, format, atMost]) => {
    if (value === undefined) return [];
    const goal = atMost === undefined ? "" : format(atMost);
    return [[text, format(value), goal, goal && (value <= (atMost ?? 0) ? "reached" : "missed")]];
  });
  return markdownTable([["Figure", "Measured", "At most", "Goal"], ...rows]);
}

/** The first column is text, the others are figures. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => {
    const cells = widths.map((width, column) => {
      const cell = row[column] ?? "";
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${cells.join(" | ")} |`;
  };
  const rule = widths.map(
    (width, column) => "-".repeat(column ? width - 1 : width) + (column ? ":" : ""),
  );
  const [head = [], ...rest] = rows;
  return [line(head), line(rule), ...rest.map(line)].join("\n");
}
