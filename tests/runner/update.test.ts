import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGolden } from "../../runner/verify/golden.ts";
import { judgeRun } from "../../runner/verify/judge.ts";
import { updateGoldenFile } from "../../runner/verify/update.ts";
import { makeRuns } from "../support/runs.ts";

/** A run with a golden file, whose clients may print anything. */
function runWith(before: string) {
  const { directory, runs, printed } = makeRuns({ "01-a": before });
  const [run] = runs;
  if (!run) throw new Error("no run");
  const judge = async (...texts: string[]) => {
    const outcomes = texts.map((text, index) => [`client-${index}`, printed(text)] as const);
    return judgeRun(run, readGolden(directory, run), outcomes);
  };
  return { directory, golden: join(directory, "expected", "01-a.txt"), judge };
}

/** Judges what two clients printed alike, takes it over, and judges it once more. */
async function update(before: string, text: string, prepare: (golden: string) => void = () => {}) {
  const { directory, golden, judge } = runWith(before);
  prepare(golden);
  const updated = await updateGoldenFile(await judge(text, text), directory);
  const again = await judge(text, text);
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
  const { golden, updated, again } = await update(before, printed);
  expect(updated).toMatchObject({ verdict: "match", updatedFile: golden });
  expect(again.verdict).toBe("match");
});

test.each([
  ["x\n", "...\n[..]\n", "\\...\n\\[..]\n"],
  ["x\n", "a..b\n", "a..b\n"],
  ["[..] ms\r\nx\r\n", "1 ms\ny\n", "[..] ms\ny\n"],
  ["[..] ms\nx\n", "1 ms\nä\n", "[..] ms\nä\n"],
])("%j, updated by %j, says %j", async (before, printed, after) => {
  expect((await update(before, printed)).text).toBe(after);
});

test("clients that differ only where a marker stands agree on what is new", async () => {
  const { directory, golden, judge } = runWith("id [..]\nold\n");
  expect(await judge("id 1\nnew\n", "id 2\nother\n")).toMatchObject({ verdict: "divergence" });
  const judged = await judge("id 1\nnew\n", "id 2\nnew\n");
  expect(judged.verdict).toBe("drift");
  expect(await updateGoldenFile(judged, directory)).toMatchObject({ verdict: "match" });
  expect(readFileSync(golden, "utf8")).toBe("id [..]\nnew\n");
});

test("each client has its own diff, and one that printed the golden file has none", async () => {
  const { judge } = runWith("x\n");
  const { clients, updatedFile } = await judge("x\n", "y\n");
  expect(updatedFile).toBeUndefined();
  expect(clients.map(({ diff }) => diff)).toEqual([
    "",
    "--- expected/01-a.txt\n+++ client-1 printed\n@@ -1,1 +1,1 @@\n-x\n+y\n",
  ]);
});

test("clients that print other line ends disagree, though a golden file may have either", async () => {
  const { judge } = runWith("a\r\nb\n");
  expect(await judge("a\nb\n", "a\nb\n")).toMatchObject({ verdict: "match" });
  expect(await judge("a\r\nb\n", "a\r\nb\n")).toMatchObject({ verdict: "match" });
  const { verdict, clients } = await judge("a\nb\n", "a\r\nb\n");
  expect(verdict).toBe("divergence");
  expect(clients.map(({ diff }) => diff.split("\n").at(2))).toEqual([
    "(Only the line ends differ, from line 1 on. The golden file has Windows line ends, \\r\\n.)",
    undefined,
  ]);
});

test("what the clients disagree on is not written", async () => {
  const { directory, golden, judge } = runWith("x\n");
  const judged = await judge("y\n", "z\n");
  expect(await updateGoldenFile(judged, directory)).toBe(judged);
  expect(readFileSync(golden, "utf8")).toBe("x\n");
});

test("what changed since it was judged is not written over", async () => {
  const { directory, golden, judge } = runWith("x\n");
  const judged = await judge("y\n");
  writeFileSync(golden, "by hand\n");
  await expect(updateGoldenFile(judged, directory)).rejects.toThrow("changed while the guide ran");
  expect(readFileSync(golden, "utf8")).toBe("by hand\n");
});

test("an output that is too large for a golden file is not written, and such a file is not read", async () => {
  const { directory, golden, judge } = runWith("x\n");
  const judged = await judge("y\n");
  for (const { outcome } of judged.clients) {
    if (outcome.kind === "finished") truncateSync(outcome.stdoutFile, 256 * 1024 ** 2 + 1);
  }
  expect(await updateGoldenFile(judged, directory)).toMatchObject({
    verdict: "drift",
    note: "expected/01-a.txt is not written: the output is larger than 256 MiB. Print less.",
  });
  expect(readFileSync(golden, "utf8")).toBe("x\n");
  truncateSync(golden, 256 * 1024 ** 2 + 1);
  await expect(judge("y\n")).rejects.toThrow("cannot be read. It is larger than 256 MiB.");
});

test("a golden file that cannot be written is named", async () => {
  const { directory, golden, judge } = runWith("");
  const judged = await judge("y\n");
  rmSync(join(golden, ".."), { recursive: true });
  writeFileSync(join(golden, ".."), "");
  await expect(updateGoldenFile(judged, directory)).rejects.toMatchObject({
    kind: "layout",
    message: expect.stringMatching(/01-a\.txt cannot be written\. .+/),
  });
});

test.each([
  ["no golden file yet", ""],
  ["one of another output", "x\n"],
  ["one with markers", "...\nx [..]\n"],
])("a step that prints nothing is documented as such: %s", async (_, before) => {
  const { golden, text, updated, again } = await update(before, "");
  expect(text).toBe("[no output]\n");
  expect(updated).toMatchObject({ verdict: "match", updatedFile: golden });
  expect(again.verdict).toBe("match");
});

test("a golden file that says [no output] is updated like any other", async () => {
  expect((await update("[no output]\n", "x\n")).text).toBe("x\n");
  const { text, again } = await update("[no output]\n", "[no output]\n");
  expect(text).toBe("\\[no output]\n");
  expect(again.verdict).toBe("match");
});

test.each(["...\n", "[..]\n[..id]\n", "...\r\n"])(
  "a golden file that only has markers documents nothing: %j",
  async (before) => {
    const { judge } = runWith(before);
    for (const texts of [["a\n", "a\n"], [""], ["1\n1\n", "1\n1\n"]]) {
      expect((await judge(...texts)).verdict).toBe("missing");
    }
    expect((await judge("a\n", "b\n")).verdict).toBe("divergence");
    const { text, again } = await update(before, "a\n7\n");
    expect(text).toBe("a\n7\n");
    expect(again.verdict).toBe("match");
  },
);

test("an update never leaves only markers", async () => {
  expect((await update("...\nx\n", "1\n2")).text).toBe("...\n2");
  expect((await update("...\nx\n...\n", "1\n2\n")).text).toBe("1\n2\n");
});

test.each([
  [["took 12 ms\n", "took 9 ms\n"], "took [..] ms\n"],
  [
    ["at 2026-11-29T01:20:47.123Z: 7f3a-11\nend\n", "at 2026-11-29T01:20:48.5Z: 7f3a-12\nend\n"],
    "at [..]: [..]\nend\n",
  ],
  [["ä 1 [..] ...\n...\n", "ä 2 [..] ...\n...\n"], "ä [..] \\[..] ...\n\\...\n"],
  [["id 1\n", "id 2\n", "id 1\n"], "id [..]\n"],
])("a first golden file has markers where the clients differ: %j", async (texts, after) => {
  const { directory, golden, judge } = runWith("");
  const judged = await judge(...texts);
  const note =
    "Where the outputs differ, expected/01-a.txt gets [..]: check that only varying text is marked.";
  expect(judged).toMatchObject({ verdict: "missing", note });
  expect(await updateGoldenFile(judged, directory)).toMatchObject({ verdict: "match", note });
  expect(readFileSync(golden, "utf8")).toBe(after);
});

test.each([
  [["name Dune\n", "name null\n"], "words differ"],
  [["1\n", "2\n"], "only markers would be left"],
  [["a 1\n", "a 1\nb\n"], "a line more"],
  [["a 1 b\n", "a  1 b\n"], "blanks differ"],
  [["C:\\1 a\n", "C:\\2 a\n"], "the marker would be escaped"],
])("clients that differ in another way disagree: %j", async (texts) => {
  const { directory, golden, judge } = runWith("");
  const judged = await judge(...texts);
  expect(judged.verdict).toBe("divergence");
  expect(await updateGoldenFile(judged, directory)).toBe(judged);
  expect(readFileSync(golden, "utf8")).toBe("");
});

test("where there is a golden file, what differs between clients is a divergence", async () => {
  const { judge } = runWith("took 1 ms\n");
  expect(await judge("took 12 ms\n", "took 9 ms\n")).toMatchObject({ verdict: "divergence" });
});

test.skipIf(process.platform === "win32").each([0o644, 0o640, 0o755])(
  "a golden file keeps its mode: %o",
  async (mode) => {
    const { golden } = await update("x\n", "y\n", (file) => chmodSync(file, mode));
    expect(statSync(golden).mode & 0o777).toBe(mode);
    expect(readdirSync(join(golden, "..")), "nothing else is left").toEqual(["01-a.txt"]);
  },
);

test("a golden file that is read-only stays", async () => {
  const read = (file: string) => chmodSync(file, 0o444);
  await expect(update("x\n", "y\n", read)).rejects.toThrow(
    /01-a\.txt cannot be written\. It is read-only\.$/,
  );
});

test.skipIf(process.platform === "win32")(
  "a new golden file has the mode of any file",
  async () => {
    const { golden } = await update("", "y\n", (file) => rmSync(file));
    expect(statSync(golden).mode & 0o777).toBe(0o666 & ~process.umask());
  },
);

test.skipIf(process.getuid?.() !== 0)("a golden file keeps its owner", async () => {
  const { golden } = await update("x\n", "y\n", (file) => chownSync(file, 1234, 2345));
  expect(statSync(golden)).toMatchObject({ uid: 1234, gid: 2345 });
});

test.each([
  ["and its target is written", "x\n"],
  ["and its target is made", undefined],
])("a link stays a link, %s", async (_, before) => {
  const { golden, text } = await update("x\n", "y\n", (file) => {
    mkdirSync(join(file, "../../shared"));
    if (before !== undefined) writeFileSync(join(file, "../../shared/a.txt"), before);
    rmSync(file);
    symlinkSync("../shared/a.txt", file);
  });
  expect(lstatSync(golden).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(golden, "../../shared/a.txt"), "utf8")).toBe("y\n");
  expect(text).toBe("y\n");
});
