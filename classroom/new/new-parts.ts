import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { replaceFile, writeWhole, writing } from "../../runner/common/files.ts";
import { isInstalled, moduleFor, project } from "../../runner/common/project.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { withDriver, withRun } from "./edit-sources.ts";
import { driverTemplate, stepTemplate } from "./templates.ts";

/**
 * `new step NAME`: writes a step that works, and puts it at the end of the run order.
 * @returns what to do next
 * @throws Failure of kind "usage" for a name that cannot be used
 */
export function newStep(guide: Guide, name: string): string {
  refuseName(name);
  const twin = guide.steps.find((step) => step.name.replace(/^\d+-/, "") === name);
  if (twin) throw new Failure("usage", `There is a step ${twin.name} already.`);
  const number = Math.max(...guide.steps.map((step) => step.number)) + 1;
  const stepName = `${String(number).padStart(2, "0")}-${name}`;
  const title = name.replaceAll("-", " ").replace(/^./, (letter) => letter.toUpperCase());
  const file = join(guide.directory, "steps", `${stepName}.ts`);
  const manifest = join(guide.directory, "steps", "guide.json");
  const source = stepTemplate(title, moduleFor(join(guide.directory, "steps"), "step"));
  write(file, source, () => {
    replaceFile(manifest, withRun(readFileSync(manifest, "utf8"), stepName));
  });

  return `Wrote ${show(file)}, and added it to steps/guide.json.
Next: edit it, look at its output (it has no golden file yet), and take it over:
  ${guide.command} --step ${number}
  ${guide.command} new golden
`;
}

/**
 * `new driver NAME`: writes a driver that works, and names it beside the others.
 * @returns what to do next
 * @throws Failure of kind "usage" for a name that cannot be used
 */
export async function newDriver(guide: Guide, name: string): Promise<string> {
  refuseName(name);
  if (guide.drivers.includes(name))
    throw new Failure("usage", `There is a driver ${name} already.`);
  const isNamed = !isInstalled && guide.directory === project;
  const list = join(project, "drivers", "drivers.ts");
  const source = isNamed ? await withDriver(readFileSync(list, "utf8"), name, show(list)) : "";

  const directory = join(guide.directory, "drivers");
  const file = join(directory, `${name}.ts`);
  write(
    file,
    driverTemplate(moduleFor(directory, "driver"), moduleFor(directory, "values")),
    () => {
      if (isNamed) replaceFile(list, source);
    },
  );
  if (!isNamed) {
    return `Wrote ${show(file)}. Next: edit it, and run the guide with it:
  ${guide.command} --driver ${name}
`;
  }
  return `Wrote ${show(file)}, and named it in drivers/drivers.ts.
Next: edit it, and run the guide and the driver tests with it:
  ${guide.command} --driver ${name}
  npx vitest run tests/drivers
`;
}

function refuseName(name: string): void {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return;
  throw new Failure(
    "usage",
    `A name is small letters, digits and hyphens, such as sort-books: not "${name}".`,
  );
}

/** Writes a new file, and then its name where the guide has it: both or none. */
function write(file: string, text: string, name: () => void): void {
  if (existsSync(file)) throw new Failure("usage", `${show(file)} is there already.`);
  writing(show(file), () => {
    try {
      writeWhole(file, text);
      name();
    } catch (error) {
      if (existsSync(file)) rmSync(file);
      throw error;
    }
  });
}

function show(file: string): string {
  return relative(process.cwd(), file) || file;
}
