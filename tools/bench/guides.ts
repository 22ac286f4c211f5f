import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { root } from "./process.ts";

/**
 * Makes a guide of many small steps, each with one query.
 * @returns its directory
 */
export function makeLongGuide(parent: string, count: number): string {
  const guide = openGuide(join(parent, `steps-${count}`));
  for (let number = 1; number <= count; number++) {
    const name = `${String(number).padStart(3, "0")}-count`;
    const code = `
await step(async (db) => {
  const { rows: [row] } = await db.query("SELECT $1::int AS number", [${number}]);
  console.log("Step " + row?.number);
});
`;
    writeFileSync(guide.addStep(name, code), `Step ${number}\n`);
  }
  return guide.finish();
}

/**
 * Makes a guide of one step that prints a lot.
 * @param word what the golden file has in every line: "printed" for a match
 * @returns its directory, with what the step prints in the file `printed`
 */
export function makeLoudGuide(parent: string, megabytes: number, word: string): string {
  const guide = openGuide(join(parent, `output-${megabytes}-${word}`));
  const code = `
const lines = Array.from({ length: 10_000 }, (_, index) => ("printed " + index + " ").padEnd(99, "-"));
const text = lines.join("\\n") + "\\n";
await step(async (db) => {
  await db.query("SELECT 1");
  for (let count = 0; count < ${megabytes}; count++) process.stdout.write(text);
});
`;
  writeOutput(guide.addStep("01-print", code), megabytes, word);
  const directory = guide.finish();
  writeOutput(join(directory, "printed"), megabytes, "printed");
  return directory;
}

/** A million bytes in ten thousand lines, no two of them alike. */
function megabyteOf(word: string): string {
  const lines = Array.from({ length: 10_000 }, (_, index) => `${word} ${index} `.padEnd(99, "-"));
  return `${lines.join("\n")}\n`;
}

function writeOutput(file: string, megabytes: number, word: string): void {
  const text = megabyteOf(word);
  const descriptor = openSync(file, "w");
  for (let count = 0; count < megabytes; count++) writeSync(descriptor, text);
  closeSync(descriptor);
}

function openGuide(directory: string) {
  for (const name of ["steps", "expected"]) mkdirSync(join(directory, name), { recursive: true });
  const runs: string[] = [];
  return {
    /** @returns the path of the golden file */
    addStep(name: string, code: string): string {
      const stepModule = JSON.stringify(join(root, "drivers", "step.ts"));
      const source = `/*\n# ${name}\n*/\nimport { step } from ${stepModule};\n${code}`;
      writeFileSync(join(directory, "steps", `${name}.ts`), source);
      runs.push(name);
      return join(directory, "expected", `${name}.txt`);
    },
    finish(): string {
      const manifest = { title: "A guide to measure", runs, tables: [] };
      writeFileSync(join(directory, "steps", "guide.json"), JSON.stringify(manifest));
      return directory;
    },
  };
}
