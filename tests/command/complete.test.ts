import { expect, test } from "vitest";
import { expectExit, sharedProject } from "../support/project.ts";

const complete = (...words: string[]) => sharedProject().guide(["complete", ...words]);

test.each([
  [["--st"], ["--standalone", "--step"]],
  [
    ["new", "g"],
    ["guide", "golden"],
  ],
  [["export", "--ch"], ["--check"]],
])("what %j may go on with", async (words, expected) => {
  const result = await complete("--", ...words);
  expectExit(result, 0);
  expect(result.stdout.match(/^[\w-]+(?=\t)/gm)).toEqual(expected);
});

test.each([
  ["bash", /^complete -F \w+ run-guide$/m],
  ["zsh", /^compdef \S+ run-guide$/m],
  ["fish", /^complete -c run-guide /m],
])("the script for %s", async (shell, line) => {
  const result = await complete(shell);
  expectExit(result, 0);
  expect(result.stdout).toMatch(line);
});

test("another shell is refused", async () => {
  const result = await complete("tcsh");
  expectExit(result, 2);
  expect(result.stderr).toMatch(/^Which shell\? bash, zsh, fish, powershell\. /);
});
