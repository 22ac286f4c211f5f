import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGolden } from "../../runner/verify/golden.ts";
import { judgeRun } from "../../runner/verify/judged-run.ts";
import { updateGoldenFile } from "../../runner/verify/update.ts";
import { makeRuns } from "../support/runs.ts";

/** Judges what two drivers printed alike, takes it over, and judges it once more. */
async function update(before: string, text: string, prepare: (golden: string) => void = () => {}) {
  const { directory, runs, printed } = makeRuns({ "01-a": before });
  const [run] = runs;
  if (!run) throw new Error("no run");
  const golden = join(directory, "expected", "01-a.txt");
  prepare(golden);
  const outcomes = ["pg", "postgres"].map((driver) => [driver, printed(text)] as const);
  const judged = await judgeRun(run, readGolden(directory, run), outcomes);
  const updated = await updateGoldenFile(judged, directory);
  const again = await judgeRun(run, readGolden(directory, run), outcomes);
  return { golden, updated, again, text: readFileSync(golden, "utf8") };
}

test.each([
  ["a marker elsewhere", "[..]\nx\n", "1\n\\...\n"],
  ["a line that is a marker", "x\n", "...\n"],
  ["a marker within a line", "x\n", "took [..] ms\n"],
  ["a marker, and Windows line ends", "x\n", "...\r\ny\r\n"],
  ["Windows line ends, where markers were", "[..] ms\nx\n", "1 ms\r\ny\r\n"],
  ["backslashes", "x\n", "\\\\[..]\\\n\\\\\\...\n"],
  ["bytes of every kind", "x\n", "\uFEFFä\0[..]\n"],
  ["nothing to escape", "x\n", "y\n"],
])("what was written is what was judged: %s", async (_, before, printed) => {
  const { updated, again } = await update(before, printed);
  expect(updated).toMatchObject({ verdict: "match", isUpdated: true });
  expect(again.verdict).toBe("match");
});

test("what was printed stands for itself, and not for any text", async () => {
  expect((await update("x\n", "...\n[..]\n")).text).toBe("\\...\n\\[..]\n");
});

test("drivers that differ only where a marker stands agree on what is new", async () => {
  const { directory, runs, printed } = makeRuns({ "01-a": "id [..]\nold\n" });
  const [run] = runs;
  if (!run) throw new Error("no run");
  const judge = (...texts: string[]) => {
    const outcomes = texts.map((text, index) => [`driver-${index}`, printed(text)] as const);
    return judgeRun(run, readGolden(directory, run), outcomes);
  };
  expect(await judge("id 1\nnew\n", "id 2\nother\n")).toMatchObject({ verdict: "divergence" });
  const judged = await judge("id 1\nnew\n", "id 2\nnew\n");
  expect(judged.verdict).toBe("drift");
  expect(await updateGoldenFile(judged, directory)).toMatchObject({ verdict: "match" });
  const text = readFileSync(join(directory, "expected", "01-a.txt"), "utf8");
  expect(text).toBe("id [..]\nnew\n");
});

test("nothing is declared: a golden file that does not match after the update says so", async () => {
  const { updated } = await update("x\n", "");
  expect(updated.verdict).toBe("missing"); // an empty golden file documents nothing
});

test.skipIf(process.platform === "win32").each([0o644, 0o640, 0o755])(
  "a golden file keeps its mode: %o",
  async (mode) => {
    const { golden } = await update("x\n", "y\n", (file) => chmodSync(file, mode));
    expect(statSync(golden).mode & 0o777).toBe(mode);
    expect(readdirSync(join(golden, "..")), "nothing else is left").toEqual(["01-a.txt"]);
  },
);

test.skipIf(process.platform === "win32")(
  "a new golden file has the mode of any file",
  async () => {
    const { golden } = await update("", "y\n", (file) => renameSync(file, `${file}.away`));
    expect(statSync(golden).mode & 0o777).toBe(0o666 & ~process.umask());
  },
);

test("a link stays a link, and its target is written", async () => {
  const { golden, text } = await update("x\n", "y\n", (file) => {
    mkdirSync(join(file, "../../shared"));
    writeFileSync(join(file, "../../shared/a.txt"), "x\n");
    renameSync(file, `${file}.away`);
    symlinkSync("../shared/a.txt", file);
  });
  expect(lstatSync(golden).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(golden, "../../shared/a.txt"), "utf8")).toBe("y\n");
  expect(text).toBe("y\n");
});
