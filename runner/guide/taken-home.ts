import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { Failure } from "../common/failure.ts";
import { importedNames, packageOf } from "../common/imports.ts";
import { isRecord, readRecord } from "../common/json.ts";
import { statIfThere } from "../common/read-files.ts";

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
  const all = new Set(files);
  for (const file of all) {
    const text = readFileSync(file, "utf8");
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
    for (const name of names.filter((one) => /^\.\.?(?:\/|$)/.test(one))) {
      const path = resolve(dirname(file), name);
      if (!path.startsWith(directory + sep)) {
        fail(`${file} imports ${name}, which is not in the folder. Copy it there.`);
      }
      const found = moduleAt(path);
      if (found) all.add(found);
    }
  }
}

/** Finds the file of a module as TypeScript does: its ending may be missing, or that of the compiled one. */
function moduleAt(path: string): string | undefined {
  const inTypeScript = path.replace(/\.([cm]?)js$/, ".$1ts");
  const endings = [".ts", ".tsx", ".js", `${sep}index.ts`, `${sep}index.js`];
  return [path, inTypeScript, ...endings.map((ending) => path + ending)].find((file) =>
    statIfThere(file)?.isFile(),
  );
}

function fail(message: string): never {
  throw new Failure("layout", message);
}
