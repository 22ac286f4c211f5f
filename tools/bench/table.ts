import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { root } from "./process.ts";
import { type Measurement, median, paired, type Series } from "./series.ts";

const NONE = "–";
const times = (ratio: number) => ratio.toFixed(2);
const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;
const milliseconds = (time: number) => (time < 1000 ? `${Math.round(time)} ms` : seconds(time));
const seconds = (time: number) => `${(time / 1000).toFixed(time < 10_000 ? 2 : 1)} s`;

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

/** All results as a table in Markdown. */
export function resultTable(all: readonly Series[]): string {
  const rows = all.map(({ name, group, label, measurements, notVerified }) => {
    if (notVerified) return [label, "not verified"];
    const walls = measurements.map(({ wall }) => wall);
    const of = (other: string) => {
      if (group !== "guide" && group !== "peers") return NONE;
      return show(
        paired(all, [name, other], (a, b) => a / b),
        times,
      );
    };
    const middle = (pick: (one: Measurement) => number | undefined) =>
      median(measurements.map(pick));
    return [
      label,
      show(median(walls), seconds),
      `${(Math.min(...walls) / 1000).toFixed(2)}–${(Math.max(...walls) / 1000).toFixed(2)}`,
      of("originals"),
      of("floor"),
      show(
        middle(({ memory }) => memory),
        megabytes,
      ),
      show(
        middle(({ comparison }) => comparison),
        milliseconds,
      ),
    ];
  });
  const head = ["Case", "Median", "Range", "÷ originals", "÷ floor", "Peak memory", "Comparison"];
  return markdownTable([head, ...rows]);
}

/** What the project wants, and what was measured. "Ours" is a run less its launcher's empty file. */
export function goalTable(all: readonly Series[]): string {
  const major = Number(process.versions.node.split(".")[0]);
  const ours = (start: string, other: string) =>
    paired(
      all,
      [`${start}-embedded`, `${start}-empty`, other],
      (run, empty, base) => (run - empty) / base,
    );
  const ratio = (a: string, b: string) => paired(all, [a, b], (one, other) => one / other);
  const added = (fewer: number, more: number) =>
    paired(all, [`growth-${more}`, `growth-${fewer}`], (a, b) => (a - b) / (more - fewer));
  const wall = (name: string) => paired(all, [name], (one) => one);
  const of = (name: string, pick: (one: Measurement) => number | undefined) =>
    median(all.find((one) => one.name === name)?.measurements.map(pick) ?? []);

  const pairs = all.flatMap(({ measurements }) =>
    measurements.flatMap(({ ratios = [] }) => ratios),
  );
  const least = times(Math.min(...pairs));

  const share = major >= 24 ? 0.65 : 0.8;
  const goals: [string, number | undefined, (value: number) => string, number | undefined][] = [
    ["ours, embedded, of the originals", ours("import", "originals"), times, share],
    ["node run-guide.ts, of the originals", ratio("node-embedded", "originals"), times, 0.75],
    ["npx tsx run-guide.ts, of the originals", ratio("tsx-embedded", "originals"), times, 1.1],
    ["ours, embedded, of the floor", ours("import", "floor"), times, 1.3],
    [`processor time of a step, of a plain script (least ${least})`, median(pairs), times, 1.15],
    ["each added step, from 4 to 40", added(4, 40), milliseconds, 100],
    ["each added step, from 40 to 200", added(40, 200), milliseconds, 100],
    ["the first run ever", wall("first"), milliseconds, 2500],
    ["from a save to its verdict", wall("save"), milliseconds, 300],
    ["20 runners at once, of 1", ratio("crowd-20", "crowd-1"), times, 14],
    ["memory with 100 MB of output", of("output-100", (one) => one.memory), megabytes, 350e6],
    ["comparing 100 MB with both", of("output-100", (one) => one.comparison), milliseconds, 500],
    ["the diff of 100 MB", of("differs-100", (one) => one.comparison), milliseconds, 1000],
  ];
  const known = goals.filter(([, value]) => value !== undefined);
  const rows = known.map(([text, value = Number.NaN, format, limit]) => {
    if (limit === undefined) return [text, format(value), NONE, ""];
    return [text, format(value), format(limit), value <= limit ? "reached" : "missed"];
  });
  return markdownTable([["Figure", "Measured", "At most", "Goal"], ...rows]);
}

function show(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? NONE : format(value);
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
