import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { Failure } from "../common/failure.ts";
import { importedNames, packageOf } from "../common/imports.ts";
import { isRecord, readRecord } from "../common/json.ts";
import { textsOfSteps } from "./step-texts.ts";

/**
 * Checks what the scripts of a folder import, and what that imports. Scripts that are compiled run here without what
 * their package.json forgets, and with what is elsewhere. Taken home, they would not.
 * @param files absolute paths
 * @throws Failure of kind "layout"
 */
export function refuseForgotten(directory: string, files: readonly string[]): void {
  const json = join(directory, "package.json");
  if (!existsSync(json)) return;
  const { type, dependencies, devDependencies } = readRecord(json);
  const known = [dependencies, devDependencies].flatMap((one) =>
    isRecord(one) ? Object.keys(one) : [],
  );
  const all = textsOfSteps({ directory, steps: [], ownDrivers: [] }, files);
  for (const [file, text] of all) {
    if (!file.startsWith(directory + sep)) continue;
    const names = importedNames(text);
    const missing = names
      .flatMap((name) => packageOf(name) ?? [])
      .find((name) => !known.includes(name));
    if (missing) {
      fail(`${file} imports ${missing}, which is not in the dependencies of ${json}. Add it.`);
    }
    if (type !== "module" && /^(?:(?:const|let) .* = )?await\b/m.test(text)) {
      fail(`${json} needs "type": "module": ${file} has an await outside of a function.`);
    }
    const outside = names.find(
      (name) =>
        /^\.\.?(?:\/|$)/.test(name) && !join(dirname(file), name).startsWith(directory + sep),
    );
    if (outside) fail(`${file} imports ${outside}, which is not in the folder. Copy it there.`);
  }
}

function fail(message: string): never {
  throw new Failure("layout", message);
}
