import { isBuiltin } from "node:module";

const statement = /^[ \t]*(?:import|export)\b(?:[^;"'`=]*\bfrom)?\s*["']([^"']+)["']/gm;

/** Finds what the statements of a script in JavaScript or TypeScript import. FROM "user" is SQL. */
export function importedNames(source: string): string[] {
  return [...source.matchAll(statement)].map(([, name = ""]) => name);
}

/** @returns the package that a script imports by a name; undefined for a file, and for a module of Node.js */
export function packageOf(name: string): string | undefined {
  const found = /^(?:@[\w.-]+\/)?[\w-][\w.-]*(?=\/|$)/.exec(name)?.[0];
  return found === undefined || isBuiltin(found) ? undefined : found;
}
