import { join } from "node:path";
import { expect, test } from "vitest";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { firstAffected } from "../../runner/run/watch-files.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

test.each([
  ["pg", "steps/02-read.sh", 1],
  ["pg", "steps/data.json", 0],
  ["pg", "steps/lib/02-read.sh", 0],
  ["pg", "steps/guide.json", undefined],
  ["pg", "steps/02-read.md", undefined],
  ["pg", "steps/before.md", undefined],
  ["pg", "expected/02-read.after-03-update.txt", 3],
  ["pg", "drivers/lib/sort.sql", 0],
  ["standalone/pg", "steps/02-read.sh", undefined],
  ["standalone/pg", "steps/data.json", 0],
  ["standalone/pg", "drivers/pg.ts", undefined],
  ["standalone/pg", "standalone/pg/04-delete.callbacks.ts", 4],
  ["standalone/pg", "standalone/pg/schema.ts", 0],
  ["standalone/pg", "standalone/pg/lib/02-read.ts", 0],
])("of the runs by %s, %s touches %s and those after it", async (client, file, first) => {
  const guide = await loadGuide(makeShellGuide().directory);
  expect(firstAffected(guide, [client], join(guide.directory, file))).toBe(first);
});
