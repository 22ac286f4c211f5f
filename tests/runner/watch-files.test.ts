import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { firstAffected, watchFiles } from "../../runner/run/watch-files.ts";
import { makeDirectory } from "../support/files.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

test("a file that is saved again at once is reported again; what editors and Python write is not", async () => {
  const directory = makeDirectory("guide-files");
  mkdirSync(join(directory, "steps/__pycache__"), { recursive: true });
  const others = [".01-create.ts.swp", "01-create.ts~", "__pycache__/lib.pyc"];
  const file = join(directory, "steps", "01-create.ts");
  const reported: string[] = [];
  const { close } = watchFiles([directory], (one) => {
    reported.push(one);
    if (reported.length === 1) writeFileSync(file, "again"); // as an editor does that formats what it saves
  });
  onTestFinished(close);
  // What was written before the watching began is not reported.
  for (let round = 0; reported.length === 0; round++) {
    for (const name of others) writeFileSync(join(directory, "steps", name), `${round}`);
    writeFileSync(file, `${round}`);
    await sleep(20);
  }
  await expect.poll(() => reported.length, { timeout: 10_000 }).toBeGreaterThan(1);
  expect(new Set(reported)).toEqual(new Set([file]));
});

test.each(["guide", "guide/steps"])("%s is removed, made, and watched again", async (name) => {
  const directory = makeDirectory("guide-files");
  const guide = join(directory, "guide");
  const file = join(guide, "steps/01-create.ts");
  const make = () => {
    mkdirSync(join(guide, "steps"), { recursive: true });
    writeFileSync(file, "");
  };
  make();
  const reported: string[] = [];
  const { ready, close } = watchFiles([guide], (one) => reported.push(one));
  onTestFinished(close);
  await ready;
  rmSync(join(directory, name), { recursive: true });
  make();
  await expect.poll(() => reported, { timeout: 10_000 }).toContain(guide);
  await sleep(500);
  reported.length = 0;
  await expect
    .poll(
      () => {
        writeFileSync(file, `${Date.now()}`);
        return reported;
      },
      { timeout: 10_000, interval: 200 },
    )
    .toContain(file);
});

test("a file that is moved away, comes back, and is saved is reported each time", async () => {
  const directory = makeDirectory("guide-files");
  mkdirSync(join(directory, "data"));
  const [file, away] = [join(directory, "data/sample.sql"), join(directory, "sample.sql")];
  writeFileSync(file, "");
  const reported: string[] = [];
  const page = join(directory, "page.md");
  writeFileSync(page, "");
  const { ready, close } = watchFiles([page, file], (one) => reported.push(one));
  onTestFinished(close);
  await ready;
  const change = [
    () => renameSync(file, away),
    () => renameSync(away, file),
    () => writeFileSync(file, "saved"),
  ];
  for (const make of change) {
    reported.length = 0;
    make();
    await expect.poll(() => reported, { timeout: 10_000 }).toContain(file);
    await sleep(200); // it looks again after a change
  }
});

test.each([
  ["pg", "steps/02-read.sh", 1],
  ["pg", "steps/data.json", 0],
  ["pg", "steps/lib/02-read.sh", 0],
  ["pg", "steps/guide.json", undefined],
  ["pg", "steps/02-read.md", undefined],
  ["pg", "steps/before.md", undefined],
  ["pg", "expected/02-read.after-03-update.txt", 3],
  ["pg", "drivers/lib/sort.sql", 0],
  ["pg", "data/02-read.md", 0],
  ["pg", "README.md", 0],
  ["pg", "../words.ts", 0],
  ["pg", "exercises/02-read.ts", undefined],
  ["pg", "standalone/pg/02-read.ts", undefined],
  ["standalone/pg.callbacks", "standalone/pg/02-read.ts", 1],
  ["standalone/pg", "steps/02-read.sh", undefined],
  ["standalone/pg", "steps/data.json", 0],
  ["standalone/pg", "drivers/pg.ts", undefined],
  ["standalone/pg", "standalone/pg/04-delete.callbacks.ts", 4],
  ["standalone/pg", "standalone/pg/schema.ts", 0],
  ["standalone/pg", "standalone/pg/lib/02-read.ts", 0],
])(
  "of the runs with %s, a change of %s affects %s and those after it",
  async (client, file, first) => {
    const guide = await loadGuide(makeShellGuide().directory);
    expect(firstAffected(guide, [client], join(guide.directory, file))).toBe(first);
  },
);
