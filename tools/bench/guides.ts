import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./process.ts";

/**
 * Makes a guide of many small steps, each with one query.
 * @param drivers how many of its own it has, in addition to pg and postgres
 * @returns its directory
 */
export function makeLongGuide(parent: string, count: number, drivers = 0): string {
  const guide = openGuide(join(parent, `steps-${count}-${drivers}`));
  for (let number = 1; number <= count; number++) {
    const name = `${String(number).padStart(3, "0")}-count`;
    const code = `
await step(async (db) => {
  const { rows: [row] } = await db.query("SELECT $1::int AS number", [${number}]);
  console.log("Step " + row?.number);
});
`;
    guide.addStep(name, code, `Step ${number}\n`);
  }
  for (let number = 1; number <= drivers; number++) guide.addDriver(`pg${number}`);
  return guide.finish();
}

/**
 * Makes a guide of one step that prints a lot, of which every line varies: a marker of 100 bytes each.
 * @returns its directory
 */
export function makeMarkedGuide(parent: string, megabytes: number): string {
  const guide = openGuide(join(parent, `markers-${megabytes}`));
  const code = `
const id = Math.random().toString().slice(2, 10).padEnd(8, "0");
const lines = Array.from({ length: 10_000 }, (_, index) => ("line " + index + " has " + id + " ").padEnd(99, "-"));
const text = lines.join("\\n") + "\\n";
await step(async (db) => {
  await db.query("SELECT 1");
  for (let count = 0; count < ${megabytes}; count++) process.stdout.write(text);
});
`;
  const lines = Array.from({ length: 10_000 }, (_, index) => {
    const dashes = `line ${index} has 12345678 `
      .padEnd(99, "-")
      .slice(`line ${index} has 12345678`.length);
    return `line ${index} has [..]${dashes}`;
  });
  guide.addStep("01-print", code, `${lines.join("\n")}\n`.repeat(megabytes));
  return guide.finish();
}

function openGuide(directory: string) {
  for (const name of ["steps", "expected", "drivers"]) {
    mkdirSync(join(directory, name), { recursive: true });
  }
  const runs: string[] = [];
  return {
    addStep(name: string, code: string, expected: string): void {
      const stepModule = JSON.stringify(join(root, "drivers", "step.ts"));
      const source = `/*\n# ${name}\n*/\nimport { step } from ${stepModule};\n${code}`;
      writeFileSync(join(directory, "steps", `${name}.ts`), source);
      writeFileSync(join(directory, "expected", `${name}.txt`), expected);
      runs.push(name);
    },
    addDriver(name: string): void {
      const driver = JSON.stringify(join(root, "drivers", "pg.ts"));
      writeFileSync(
        join(directory, "drivers", `${name}.ts`),
        `export { connect } from ${driver};\n`,
      );
    },
    finish(): string {
      const manifest = { title: "A guide to measure", runs, tables: [] };
      writeFileSync(join(directory, "steps", "guide.json"), JSON.stringify(manifest));
      writeFileSync(join(directory, "package.json"), '{ "type": "module" }\n');
      return directory;
    },
  };
}
