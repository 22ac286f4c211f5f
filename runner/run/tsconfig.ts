import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join } from "node:path";
import { parseExpression } from "@babel/parser";
import type { Node } from "@babel/types";

/**
 * The paths on which a tsconfig.json depends: those that it extends, and those to which its "paths"
 * may send an import. Not all of them are there.
 * @param file absolute path of one that may not be there
 * @param specifiers the imports that name no file, such as "@/books.ts"
 */
export function followTsconfig(file: string, specifiers: Iterable<string>): readonly string[] {
  const found = new Set<string>();
  follow(file, [...specifiers], found);
  return [...found];
}

function follow(file: string, specifiers: readonly string[], found: Set<string>): void {
  const config = found.has(file) ? undefined : read(file);
  if (config === undefined) return;
  found.add(file);
  const directory = dirname(file);

  for (const path of mapped(field(config, "compilerOptions"), directory, specifiers)) {
    found.add(path).add(dirname(path));
  }
  const bases = field(config, "extends");
  for (const base of Array.isArray(bases) ? bases : [bases]) {
    if (typeof base !== "string") continue;
    for (const candidate of candidatesOf(base, directory)) {
      found.add(candidate).add(dirname(candidate));
      follow(candidate, specifiers, found);
    }
  }
}

/** Where a base may be. All that exist are followed: which of them wins need not be known. */
function candidatesOf(base: string, directory: string): string[] {
  const endings = ["", ".json", "/tsconfig.json", "/package.json"];
  if (isAbsolute(base) || base.startsWith(".")) {
    return endings.map((ending) => join(directory, base + ending));
  }
  const { resolve } = createRequire(join(directory, "tsconfig.json"));
  const places = resolve.paths(base) ?? [];
  const named = places.flatMap((place) => endings.map((ending) => join(place, base + ending)));
  try {
    named.push(resolve(base));
  } catch {
    // a package that names no main file
  }
  return named;
}

function mapped(options: unknown, directory: string, specifiers: readonly string[]): string[] {
  const baseUrl = field(options, "baseUrl");
  const paths = field(options, "paths");
  const base = typeof baseUrl === "string" ? join(directory, baseUrl) : directory;
  const found = typeof baseUrl === "string" ? specifiers.map((one) => join(base, one)) : [];
  for (const [pattern, targets] of Object.entries(paths ?? {})) {
    const [start = "", end] = pattern.split("*");
    for (const specifier of specifiers) {
      const matches =
        end === undefined
          ? specifier === start
          : specifier.startsWith(start) && specifier.endsWith(end);
      if (!matches || !Array.isArray(targets)) continue;
      const rest = specifier.slice(start.length, specifier.length - (end ?? "").length);
      for (const target of targets)
        found.push(
          join(
            base,
            String(target).replace("*", () => rest),
          ),
        );
    }
  }
  return found;
}

/** JSON with comments and trailing commas, which JavaScript allows too. */
function read(file: string): unknown {
  try {
    return toValue(parseExpression(readFileSync(file, "utf8").replace(/^\uFEFF/, "")));
  } catch {
    return undefined;
  }
}

function toValue(node: Node | null): unknown {
  switch (node?.type) {
    case "StringLiteral":
      return node.value;
    case "ArrayExpression":
      return node.elements.map(toValue);
    case "ObjectExpression":
      return Object.fromEntries(node.properties.flatMap(toEntry));
    default:
      return undefined;
  }
}

function toEntry(property: Node): [string, unknown][] {
  if (property.type !== "ObjectProperty" || property.key.type !== "StringLiteral") return [];
  return [[property.key.value, toValue(property.value)]];
}

function field(value: unknown, name: string): unknown {
  return Object.entries(value ?? {}).find(([key]) => key === name)?.[1];
}
