import { appendFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Failure } from "../../runner/common/failure.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { makeWorkDirectory } from "../../runner/run/work-directory.ts";
import { contentOfFiles } from "../../runner/snapshots/guide-files.ts";
import { isTaken, leastUseful, openSnapshots } from "../../runner/snapshots/snapshots.ts";
import { restoreFiles, saveFiles } from "../../runner/snapshots/work-files.ts";
import { filesIn, makeDirectory } from "../support/files.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

const upTo = (latest: number) => Array.from({ length: latest }, (_, index) => index + 1);

test.each<[string, number[], number, number, number | undefined]>([
  ["first those between the tenths", [10, 11, 20, 21, 22], 30, -1, 11],
  ["not the one that was gone back to last", [10, 11, 12, 20], 30, 11, 12],
  ["then the oldest", [10, 20, 21, 22], 30, -1, 10],
  ["then the oldest but one", [10, 20, 21, 22], 30, 10, 20],
  ["the only one", [10], 30, 10, 10],
  ["none", [], 30, 10, undefined],
])("where there is no room, a snapshot goes: %s", (_, positions, latest, target, gone) => {
  expect(leastUseful(positions, latest, target)).toBe(gone);
});

test("in a long sequence, only those are taken that are kept at its end", () => {
  const takenOf = (runs: number) =>
    upTo(runs).filter((position) => isTaken(position, runs - position));
  expect(takenOf(30)).toEqual(upTo(30));
  expect(takenOf(34)).toEqual([10, 20, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34]);
});

/** A server that allows so many copies. */
function serverWith(most: number, megabytes = 8) {
  const copies = new Set<string>();
  let count = 0;
  let free = 64;
  const reset: (string | undefined)[] = [];
  const refused = { isReset: false };
  const database = (name: string, close = () => {}) => ({
    ...{ name, url: `postgresql://host/${name}` },
    close: async () => close(),
  });
  const session = {
    ...{ directory: "/nowhere", directoryOf: () => "/nowhere/work" },
    databaseOf: async () => database("own"),
    async reset(_: string, template?: string) {
      reset.push(template);
      if (refused.isReset) throw new Failure("database", "It was refused.");
    },
    server: {
      async createDatabase() {
        if (copies.size >= most) throw new Failure("database", "There are too many databases.");
        const name = `copy${++count}`;
        copies.add(name);
        free -= megabytes;
        return database(name, () => {
          copies.delete(name);
          free += megabytes;
        });
      },
      hasRoomFor: (bytes: number) => free - bytes / 1024 ** 2 > 24,
    },
  };
  const snapshots = openSnapshots(session, "/guide");
  const add = (position: number) =>
    snapshots.add({
      client: "pg",
      position,
      lineage: `after ${position}`,
      bytes: megabytes * 1024 ** 2,
    });
  const kept = () => upTo(20).filter((one) => snapshots.find("pg", `after ${one}`));
  return { snapshots, add, kept, copies, reset, refused };
}

test.each([
  ["a server that allows three more databases", 3, 8, [6, 7, 8]],
  ["a server that allows none", 0, 8, []],
  ["a memory that has room for two", 99, 16, [7, 8]],
  ["a memory that has room for none", 99, 50, []],
])("%s has the newest snapshots, and that is no error", async (_, most, megabytes, expected) => {
  const { add, kept, copies } = serverWith(most, megabytes);
  for (let position = 1; position <= 8; position++) await add(position);
  expect(kept()).toEqual(expected);
  expect(copies.size).toBe(expected.length);
});

test("a snapshot that cannot be copied back is not kept any more", async () => {
  const { snapshots, add, kept, copies, reset, refused } = serverWith(99);
  await add(1);
  expect(await snapshots.restore("pg", "after 2")).toBe(false);
  expect(await snapshots.restore("pg", "after 1")).toBe(true);
  expect(reset).toEqual(["copy1"]);
  expect(kept()).toEqual([1]);
  refused.isReset = true;
  expect(await snapshots.restore("pg", "after 1")).toBe(false);
  expect(kept()).toEqual([]);
  expect(copies.size).toBe(0);
});

test("a file that a link of the guide leads to counts, and a link that leads nowhere is no error", async () => {
  const directory = makeShellGuide(["01-create"]).directory;
  const outside = makeDirectory("outside");
  writeFileSync(join(outside, "data.csv"), "1\n");
  symlinkSync(join(outside, "data.csv"), join(directory, "steps/data.csv"));
  symlinkSync(join(outside, "gone.csv"), join(directory, "steps/gone.csv"));
  const guide = await loadGuide(directory);
  const content = () => contentOfFiles({ guide, standalone: [], clients: ["pg"] });
  const before = content();
  expect(content()).toBe(before);
  appendFileSync(join(outside, "data.csv"), "2\n");
  expect(content()).not.toBe(before);
});

test.skipIf(process.platform === "win32")("packages are as a step left them", () => {
  const { directory, write } = filesIn(makeDirectory("packages"));
  const files = ["node_modules/a/index.js", "node_modules/b/index.js", "venv/pyvenv.cfg"];
  for (const file of [...files, "venv/lib/c.py"]) write(`docs/${file}`, "");
  const guide = join(directory, "docs");
  const work = join(directory, "1/work");
  makeWorkDirectory(guide, work, true);
  rmSync(join(work, "node_modules/a"));
  const kept = saveFiles(work, join(directory, "saved"), guide);
  rmSync(work, { recursive: true });
  restoreFiles(kept, work);
  makeWorkDirectory(guide, work, true);
  expect(readdirSync(join(work, "node_modules"))).toEqual(["b"]);
  expect(readdirSync(join(work, "venv/lib"))).toEqual(["c.py"]);
});
