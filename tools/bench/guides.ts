import { join } from "node:path";
import { writeWhole } from "../../runner/common/write-files.ts";
import { root } from "./process.ts";

/** A step by its name. */
interface Step {
  readonly code: string;
  readonly expected: string;
}

/**
 * Makes a guide of many small steps, each with one query.
 * @param drivers how many of its own it has, in addition to pg and postgres
 * @returns its directory
 */
export function makeLongGuide(parent: string, count: number, drivers = 0): string {
  const steps = Array.from({ length: count }, (_, index): [string, Step] => {
    const number = index + 1;
    const code = `
await step(async (db) => {
  const { rows: [row] } = await db.query("SELECT $1::int AS number", [${number}]);
  console.log("Step " + row?.number);
});
`;
    return [`${String(number).padStart(3, "0")}-count`, { code, expected: `Step ${number}\n` }];
  });
  return makeGuide(join(parent, `steps-${count}-${drivers}`), steps, drivers);
}

/**
 * Makes a guide of one step that prints a lot, of which every line varies: a marker of 100 bytes each.
 * @returns its directory
 */
export function makeMarkedGuide(parent: string, megabytes: number): string {
  const code = `
const id = Math.random().toString().slice(2, 10).padEnd(8, "0");
const lines = Array.from({ length: 10_000 }, (_, index) => ("line " + index + " has " + id + " ").padEnd(99, "-"));
const text = lines.join("\\n") + "\\n";
await step(async (db) => {
  await db.query("SELECT 1");
  for (let count = 0; count < ${megabytes}; count++) process.stdout.write(text);
});
`;
  const lines = Array.from({ length: 10_000 }, (_, index) =>
    `line ${index} has 12345678 `.padEnd(99, "-").replace("12345678", "[..]"),
  );
  const expected = `${lines.join("\n")}\n`.repeat(megabytes);
  return makeGuide(join(parent, `markers-${megabytes}`), [["01-print", { code, expected }]], 0);
}

function makeGuide(
  directory: string,
  steps: readonly (readonly [name: string, step: Step])[],
  drivers: number,
): string {
  const write = (file: string, text: string) => writeWhole(join(directory, file), text);
  const own = (file: string) => JSON.stringify(join(root, "drivers", file));
  for (const [name, { code, expected }] of steps) {
    const head = `/*\n# ${name}\n*/\nimport { step } from ${own("step.ts")};\n`;
    write(`steps/${name}.ts`, `${head}${code}`);
    write(`expected/${name}.txt`, expected);
  }
  for (let number = 1; number <= drivers; number++) {
    write(`drivers/pg${number}.ts`, `export { connect } from ${own("pg.ts")};\n`);
  }
  const runs = steps.map(([name]) => name);
  write("steps/guide.json", JSON.stringify({ title: "A guide to measure", runs }));
  write("package.json", '{ "type": "module" }\n');
  return directory;
}
