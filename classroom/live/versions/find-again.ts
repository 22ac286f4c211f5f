import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { readRecord } from "../../../runner/common/json.ts";
import { namesIn } from "../../../runner/common/read-files.ts";
import { move, writeWhole } from "../../../runner/common/write-files.ts";

/** In a folder of versions, the file that says whose they are. */
const owner = "guide.json";

/** Remember whose versions a folder has, so that they are found when the guide has another name. */
export function sign(folder: string, directory: string): void {
  const text = JSON.stringify({ directory, id: idOf(directory) });
  writeWhole(join(folder, owner), text, 0o600);
}

/**
 * Bring versions back after the guide's directory was renamed, or a script's file: then, those that were begun with
 * the text of a script that has none.
 * @param folder of the guide's versions
 * @param directory of the guide
 * @param scripts for each, the digest of its text, and the place of its version
 */
export function findAgain(
  folder: string,
  directory: string,
  scripts: readonly { readonly base: string; readonly place: string }[],
): void {
  if (!existsSync(folder)) {
    const root = dirname(folder);
    const id = idOf(directory);
    const lost = namesIn(root).find((name) => {
      const before = readRecord(join(root, name, owner));
      return before.id === id && !existsSync(String(before.directory));
    });
    if (lost === undefined) return;
    move(join(root, lost), folder);
    sign(folder, directory);
  }
  const kept = namesIn(folder).map((name) => ({
    place: join(folder, name),
    version: readRecord(join(folder, name)),
  }));
  for (const { base, place } of scripts) {
    if (existsSync(place)) continue;
    const lost = kept.find(
      ({ version: { base: begun, name } }) =>
        begun === base && typeof name === "string" && !existsSync(join(directory, name)),
    );
    if (lost) move(lost.place, place);
  }
}

/** The same for a directory that was renamed. A number alone is soon another directory's. */
function idOf(directory: string): string {
  const { ino, birthtimeMs } = statSync(directory);
  return `${ino} ${birthtimeMs}`;
}
