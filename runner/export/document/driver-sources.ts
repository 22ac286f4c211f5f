import type { Guide } from "../../guide/guide.ts";
import type { DriverSource, SourceText } from "./document.ts";
import { cutDriver, cutMethods, type DriverCut } from "./driver-cut.ts";
import { driverName, readDriverFile } from "./driver-files.ts";

/** How each driver opens and closes a connection. A driver whose file is not found has none. */
export function connectionSources(guide: Guide): DriverSource[] {
  return sourcesOf(guide, ({ connection }) => connection);
}

/** How each driver sends a statement: what every call of a step comes to. */
export function statementSources(guide: Guide): DriverSource[] {
  return sourcesOf(guide, ({ statements }) => statements);
}

/**
 * What the calls of a step do with every driver.
 * @returns undefined for no calls, and where the drivers share no such code
 */
export function sharedSource(guide: Guide, calls: readonly string[]): SourceText | undefined {
  const found = calls.length > 0 ? readDriverFile(guide, "database.ts") : undefined;
  const code = found ? cutMethods(found.source, calls) : "";
  return found && code ? { file: found.file, code, isWhole: false } : undefined;
}

function sourcesOf(guide: Guide, part: (cut: DriverCut) => string): DriverSource[] {
  return guide.drivers.flatMap((name) => {
    const found = readDriverFile(guide, `${name}.ts`);
    if (!found) return [];
    const cut = cutDriver(found.source);
    const code = cut ? part(cut) : found.source.trim();
    return [{ driver: driverName(name), file: found.file, code, isWhole: !cut }];
  });
}
