import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { keepPrograms, takePrograms } from "../../runner/compile/program-cache.ts";

const minute = 60_000;

function makeCache() {
  const directory = mkdtempSync(join(tmpdir(), "programs-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, "programs"));
  const source = join(directory, "source.ts");
  writeFileSync(source, "1");
  const keep = (name: string, started: number) => {
    const outputs = new Map([["program", Buffer.from(name)]]);
    const manifest = join(directory, "programs", `${name}.json`);
    const kept = keepPrograms(manifest, { inputs: [source], outputs }, started);
    if (!kept) throw new Error("nothing was kept");
    return { manifest, directory: kept.directory };
  };
  return { keep };
}

test("a file that may have changed while it was read is not trusted", () => {
  const { keep } = makeCache();
  expect(takePrograms(keep("young", Date.now()).manifest)).toBeUndefined();
  expect(takePrograms(keep("old", Date.now() + minute).manifest)).toBeDefined();
});

test("of many programs, those are forgotten that nobody used for longest", () => {
  const { keep } = makeCache();
  const read = Date.now() + minute;
  const kept = Array.from({ length: 20 }, (_, index) => keep(`${index}`, read));
  for (const { directory } of kept)
    expect(existsSync(directory), "younger than a minute").toBe(true);

  for (const [index, { directory }] of kept.entries()) {
    const time = new Date(Date.now() - (100 - index) * minute);
    utimesSync(directory, time, time);
  }
  expect(takePrograms(kept[0]?.manifest ?? "")).toBeDefined(); // in use
  keep("last", read);
  const left = kept
    .filter(({ directory }) => existsSync(directory))
    .map((one) => kept.indexOf(one));
  expect(left).toEqual([0, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(takePrograms(kept[1]?.manifest ?? "")).toBeUndefined();
});
