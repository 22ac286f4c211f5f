import { isBuiltin } from "node:module";

const statement = /^[ \t]*(?:import|export)\b(?:[^;"'`=]*\bfrom)?\s*["']([^"']+)["']/gm;

/** Finds what the statements of a script in JavaScript or TypeScript import. FROM "user" is SQL. */
export function importedNames(source: string): string[] {
  return [...source.matchAll(statement)].map(([, name = ""]) => name);
}

/** A package in JavaScript or TypeScript, by a statement or a call, wherever it is. */
export const mayImport = /\b(?:from|import|require\()[\s(]*["'](?!\.|node:)[^"']+["']/;

const call = /\b(?:import|require)\s*\(\s*["']([^"']+)["']/g;

/** Finds what a script imports by statements and by calls. */
export function usedNames(source: string): string[] {
  return [...importedNames(source), ...Array.from(source.matchAll(call), ([, name = ""]) => name)];
}

/** @returns the package that a script imports by a name; undefined for a file, and for a module of Node.js */
export function packageOf(name: string): string | undefined {
  const found = /^(?:@[\w.-]+\/)?[\w-][\w.-]*(?=\/|$)/.exec(name)?.[0];
  return found === undefined || isBuiltin(found) ? undefined : found;
}
