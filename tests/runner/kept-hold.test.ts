import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { holdKept } from "../../runner/database/embedded/kept-hold.ts";
import { ownProcessTable } from "../../runner/workspace/owner.ts";

let directory: string;

beforeEach(() => {
  const parent = mkdtempSync(join(tmpdir(), "guide-hold-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  directory = join(parent, "books");
});

/** Above the highest pid that Linux gives. */
const nobody = 4_194_305;

const here = ownProcessTable();

/** How another runner left the files. */
interface Left {
  /** What the hold says, and its age in seconds. */
  readonly hold?: [table: string, runner: number, age: number];
  readonly server?: number;
}

function leave({ hold, server }: Left): void {
  if (hold) {
    const [table, runner, age] = hold;
    writeFileSync(`${directory}.held`, `${table}.${runner}`);
    const then = new Date(Date.now() - age * 1000);
    utimesSync(`${directory}.held`, then, then);
  }
  if (server) {
    const data = join(directory, "cluster", "data");
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, "postmaster.pid"), `${server}\n${data}\n`);
  }
}

test("what is held is refused, and what was let go is free", () => {
  const letGo = holdKept("books", directory);
  expect(() => holdKept("books", directory)).toThrow(
    `The kept server books runs already, as process ${process.pid}. End it there`,
  );
  letGo();
  expect(existsSync(`${directory}.held`)).toBe(false);
  holdKept("books", directory)();
});

const alive = process.pid;

test.each<[string, Left]>([
  ["a runner that is alive", { hold: [here, alive, 3600] }],
  ["a server that outlived its runner", { hold: [here, nobody, 1], server: alive }],
  ["a server of which nothing else is known", { server: alive }],
  ["another container, whose pids say nothing here", { hold: ["elsewhere", nobody, 10] }],
])("%s holds them", (_, left) => {
  leave(left);
  expect(() => holdKept("books", directory)).toThrow("runs already");
});

test.each<[string, Left]>([
  ["a runner that was killed", { hold: [here, nobody, 1] }],
  ["a runner that was killed with its server", { hold: [here, nobody, 1], server: nobody }],
  ["another container that was killed", { hold: ["elsewhere", alive, 60], server: alive }],
])("%s holds them no longer", (_, left) => {
  leave(left);
  holdKept("books", directory)();
});
