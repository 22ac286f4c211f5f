import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeDirectory } from "../support/files.ts";

const root = join(import.meta.dirname, "../..");

test("a checkout with the settings of git for Windows has no carriage returns", () => {
  const parent = makeDirectory("checkout");
  const git = (...words: string[]) => execFileSync("git", words, { encoding: "utf8" });
  git("-c", "core.autocrlf=true", "clone", "--quiet", root, parent);

  // "i/lf    w/lf    attr/text=auto eol=lf 	README.md", and i/-text for what is no text
  const files = git("-C", parent, "ls-files", "--eol").trimEnd().split("\n");
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((line) => /^i\/\S*crlf|w\/\S*(crlf|mixed)/.test(line))).toEqual([]);
  for (const name of [".ci/run", "expected/01-create.txt", "README.md"]) {
    expect(readFileSync(join(parent, name), "utf8"), name).not.toContain("\r");
  }
});
