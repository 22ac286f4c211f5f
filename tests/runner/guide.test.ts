import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadGuide, nearestPackage } from "../../runner/guide/load-guide.ts";
import { readGolden } from "../../runner/verify/golden.ts";
import { makeGuide } from "../support/guide.ts";

const order = ["01-a", "02-b", "03-c"];

test("a step may run again, and the run is named after the step before it", async () => {
  const { directory } = makeGuide({ runs: [...order, "02-b"] });
  const { runs } = await loadGuide(directory);
  expect(runs.map(({ name }) => name)).toEqual([...order, "02-b.after-03-c"]);
});

test.each<[object, string]>([
  [
    { runs: [...order, "02-b", "03-c", "02-b"] },
    'steps/guide.json runs "02-b" twice after "03-c". Remove one.',
  ],
  [{ runs: order, setup: ["books", 1] }, '"setup" is not a list of step names'],
  [{ runs: [] }, '"runs" is not a list of step names'],
  [{ runs: order, title: "" }, '"title" is not a string'],
])("%j is refused", async (manifest, message) => {
  const { directory } = makeGuide(manifest);
  await expect(loadGuide(directory)).rejects.toThrow(message);
});

test.each([["{}"], ['{ "type": "commonjs" }'], ['{ "type": null }']])(
  "a guide in a CommonJS package is refused: its steps do not run there (%s)",
  async (text) => {
    const { directory, write } = makeGuide({ runs: order });
    write("package.json", text);
    await expect(loadGuide(directory)).rejects.toThrow(
      `${join(directory, "package.json")} makes the steps CommonJS, in which they do not run. Add "type": "module" to it.`,
    );
    write("steps/package.json", '{ "type": "module" }'); // the nearest one decides
    await expect(loadGuide(directory)).resolves.toBeDefined();
  },
);

test.each(["not/yet", "steps/guide.json/below"])("the package above %s is found", (path) => {
  const { directory } = makeGuide({ runs: order });
  const file = join(directory, "package.json");
  expect(nearestPackage(join(directory, path))).toEqual({ file, isModule: true });
});

const inPlace: [string, (file: string) => void][] = [
  ["a pipe", (file) => void spawnSync("mkfifo", [file])],
  ["a device without an end", (file) => symlinkSync("/dev/zero", file)],
  ["a directory", (file) => mkdirSync(file)],
];

test.skipIf(process.platform === "win32").each(inPlace)(
  "%s in a file's place is refused, and not waited for",
  async (_, put) => {
    for (const name of ["steps/guide.json", "steps/01-a.ts"]) {
      const { directory } = makeGuide({ runs: order });
      rmSync(join(directory, name));
      put(join(directory, name));
      await expect(loadGuide(directory)).rejects.toThrow(
        `${name} cannot be read. It must be a file that you may read.`,
      );
    }
    const odd = makeGuide({ runs: order }).directory;
    mkdirSync(join(odd, "drivers"));
    put(join(odd, "drivers/mine.ts"));
    await expect(loadGuide(odd)).rejects.toThrow("mine.ts cannot be read.");

    const { directory } = makeGuide({ runs: order });
    const [run] = (await loadGuide(directory)).runs;
    if (!run) throw new Error("no run");
    mkdirSync(join(directory, "expected"));
    put(join(directory, "expected/01-a.txt"));
    expect(() => readGolden(directory, run)).toThrow("01-a.txt cannot be read.");
  },
);

test.skipIf(process.platform === "win32")(
  "a step that is a link to nothing is refused",
  async () => {
    const { directory } = makeGuide({ runs: order });
    symlinkSync("nowhere.ts", join(directory, "steps/04-d.ts"));
    await expect(loadGuide(directory)).rejects.toThrow(
      "04-d.ts cannot be read. It must be a file that you may read.",
    );
  },
);

test("a file of a size that no step has is refused", async () => {
  const { directory, write } = makeGuide({ runs: order });
  write("steps/01-a.ts", "x".repeat(17 * 1024 * 1024));
  await expect(loadGuide(directory)).rejects.toThrow("It is larger than 16 MiB.");
});
