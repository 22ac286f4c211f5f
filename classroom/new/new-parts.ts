import { join } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { isInstalled, moduleFor, project } from "../../runner/common/project.ts";
import { replaceFile } from "../../runner/common/write-files.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { readToChange } from "../common/change-text.ts";
import { driverTemplate, stepTemplate } from "./templates.ts";
import { show, writeNew } from "./write-new.ts";

/**
 * `new step NAME`: write a step, and add it to the runs.
 * @returns what to do next
 * @throws Failure of kind "usage" for an invalid name, and for one that exists already
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
  writeNew(new Map([[file, source]]), () => {
    replaceFile(manifest, withRun(readToChange(manifest), stepName));
  });

  return `Wrote ${show(file)}, and added it to steps/guide.json.
Next: edit it, look at its output, and write its golden file:
  ${guide.command} --step ${number}
  ${guide.command} new golden
`;
}

/**
 * `new driver NAME`: write a driver, and add it to the list of drivers.
 * @returns what to do next
 * @throws Failure of kind "usage" for an invalid name, and for one that exists already
 */
export function newDriver(guide: Guide, name: string): string {
  refuseName(name);
  if (guide.drivers.includes(name))
    throw new Failure("usage", `There is a driver ${name} already.`);
  const isNamed = !isInstalled && guide.directory === project;
  const list = join(project, "drivers", "drivers.ts");
  const source = isNamed ? withDriver(readToChange(list), name, show(list)) : "";

  const directory = join(guide.directory, "drivers");
  const file = join(directory, `${name}.ts`);
  const text = driverTemplate(moduleFor(directory, "driver"), moduleFor(directory, "values"));
  writeNew(new Map([[file, text]]), () => {
    if (isNamed) replaceFile(list, source);
  });
  if (!isNamed) {
    return `Wrote ${show(file)}.
Next: install its library here, edit it, and run the guide with it:
  npm install pg && npm install --save-dev @types/pg
  ${guide.command} --driver ${name}
`;
  }
  return `Wrote ${show(file)}, and added it to drivers/drivers.ts.
Next: edit it, and run the guide and the driver tests with it:
  ${guide.command} --driver ${name}
  npx vitest run tests/drivers
`;
}

function refuseName(name: string): void {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return;
  throw new Failure(
    "usage",
    `"${name}" cannot be a name. Use small letters, digits and hyphens: sort-books`,
  );
}

/** A guide.json with one more run at the end. All else stays as it is written. */
export function withRun(manifest: string, name: string): string {
  return manifest.replace(
    /("runs"\s*:\s*\[[^\]]*?)(\s*\])/,
    (_, runs, end) => `${runs}, ${JSON.stringify(name)}${end}`,
  );
}

/**
 * The list of drivers with one more at its end. The source is formatted, with an entry in each line.
 * @param file for the message
 * @throws Failure of kind "layout" if the source has no such list
 */
export function withDriver(source: string, name: string, file: string): string {
  const list = /export const drivers\b[^\n]*= \{\r?\n(?: {2}[^\n]+,\r?\n)+(?=\};)/;
  const [entries] = list.exec(source) ?? [];
  if (!entries) {
    throw new Failure("layout", `${file} has no list of drivers. Add "${name}" to it by hand.`);
  }
  const key = /^[a-z]\w*$/.test(name) ? name : JSON.stringify(name);
  return source.replace(entries, () => `${entries}  ${key}: () => import("./${name}.ts"),\n`);
}
