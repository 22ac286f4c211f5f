import { execFileSync } from "node:child_process";
import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { keepRunner } from "../../runner/cli/compile-runner.ts";
import { compiledFile } from "../../runner/cli/load.ts";
import { cacheDirectory } from "../../runner/workspace/cache-directory.ts";
import { makeDirectory } from "../support/files.ts";

afterEach(() => vi.unstubAllEnvs());

test("what is run in the cache does not depend on a package in a directory above", () => {
  const home = makeDirectory("home");
  writeFileSync(join(home, "package.json"), '{ "type": "module" }');
  for (const name of ["XDG_CACHE_HOME", "LOCALAPPDATA"]) vi.stubEnv(name, join(home, ".cache"));
  const cache = cacheDirectory();
  const node = (...words: string[]) => execFileSync(process.execPath, words, { encoding: "utf8" });

  const file = compiledFile(cache, join(home, "main.ts"));
  keepRunner(file, { program: "module.exports = 42;", inputs: [] }, Date.now());
  expect(node("-p", `require(${JSON.stringify(file)})`)).toBe("42\n");

  const script = join(cache, "app.js"); // as a page's, in its client's directory
  writeFileSync(script, 'console.log(require("node:path").basename("/a/b"))');
  expect(node(script)).toBe("b\n");
});

test("the runners of the checkouts that were compiled last are kept", () => {
  const root = makeDirectory("runners");
  const files = Array.from({ length: 102 }, (_, index) => compiledFile(root, `/${index}/main.ts`));
  for (const [index, file] of files.entries()) {
    keepRunner(file, { program: "", inputs: [] }, 0);
    utimesSync(file, index, index);
  }
  expect(files.map((file) => existsSync(file))).toEqual(files.map((_, index) => index >= 2));
});
