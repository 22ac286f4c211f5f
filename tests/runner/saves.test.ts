import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { watchGuideFiles } from "../../runner/run/watch-files.ts";

test("a file that is saved again at once is told of again; what editors and Python keep is not", async () => {
  const directory = mkdtempSync(join(tmpdir(), "guide-saves-"));
  mkdirSync(join(directory, "steps/__pycache__"), { recursive: true });
  const others = [".01-create.ts.swp", "01-create.ts~", "__pycache__/lib.pyc"];
  const file = join(directory, "steps", "01-create.ts");
  const told: string[] = [];
  const close = watchGuideFiles({ directory }, [], (one) => {
    told.push(one);
    if (told.length === 1) writeFileSync(file, "again"); // as an editor does that formats what it saves
  });
  onTestFinished(async () => {
    await close();
    rmSync(directory, { recursive: true });
  });
  // What is there before the watching has begun is no save.
  for (let round = 0; told.length === 0; round++) {
    for (const name of others) writeFileSync(join(directory, "steps", name), `${round}`);
    writeFileSync(file, `${round}`);
    await sleep(20);
  }
  await expect.poll(() => told.length, { timeout: 10_000 }).toBeGreaterThan(1);
  expect(new Set(told)).toEqual(new Set([file]));
});
