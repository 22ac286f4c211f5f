import { mayConnect } from "../../run/connecting-programs.ts";
import { isPlaceholder, partNamed, placeOf } from "../../run/database-values.ts";
import { isWrittenOut } from "../../run/redirect-connections.ts";

/** A part of the place to which a program connects, and the variable that has it. */
type Part = readonly [part: string, value: string, variable: string];

/** What a shell works out is another place than any other value. */
const isKnown = (value: string) => /[$`]/.test(value) || !isPlaceholder(value);

/** All of a page's databases are one here: remembers the first one that a program has used. */
export function openProgramPlaces() {
  const first = new Map<string, string>();
  const writtenOut = new Map<string, boolean>();

  /** True for a file with a connection of its own. What was asked is kept: a page has the same file at many runs. */
  function hasOwn(path: string, text: string): boolean {
    const known = writtenOut.get(text) ?? isWrittenOut(path, text);
    writtenOut.set(text, known);
    return known;
  }

  /**
   * Finds where a program connects: its connection strings, or the single variables that it names, and those of libpq
   * for what it does not say itself.
   */
  function partsOf(
    files: ReadonlyMap<string, string>,
    variables: ReadonlyMap<string, string>,
  ): Part[] {
    const words = new Set([...files.values()].flatMap((text) => text.match(/\w+/g) ?? []));
    const urls = [...variables].flatMap(([name, value]) => {
      const place = words.has(name) ? placeOf(value) : undefined;
      return [...(place ?? [])].map(([part, own]): Part => [part, own, name]);
    });
    if (urls.length > 0 || !mayConnect(files.values())) return urls;
    const given = [...variables].filter(([name, value]) => words.has(name) && value !== "");
    return ["PGDATABASE", "PGHOST", "PGUSER"].flatMap((part): Part[] => {
      const named = given.filter(([name]) => partNamed(name) === part);
      if (named.length > 0) {
        const known = named.filter(([, value]) => isKnown(value));
        return known.map(([name, value]) => [part, value, name]);
      }
      if ([...files].some(([path, text]) => hasOwn(path, text))) return [];
      // Where nothing is set, it is what a reader has.
      const value = variables.get(part) ?? "";
      return isKnown(value) ? [[part, value, part]] : [];
    });
  }

  /** @returns why a program does not use the first database, in a sentence */
  return (
    files: ReadonlyMap<string, string>,
    variables: ReadonlyMap<string, string>,
  ): string | undefined => {
    let other: string | undefined;
    for (const [part, value, variable] of partsOf(files, variables)) {
      const known = first.get(part);
      if (known === undefined) first.set(part, value);
      else if (known !== value) other ??= variable;
    }
    return other && `${other} leads to another database than the one above.`;
  };
}
