import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** The script of a step of the action, without its indentation. */
function scriptOf(step: string): string {
  const action = readFileSync(join(root, "action.yml"), "utf8");
  const [, after = ""] = action.split(`- name: ${step}\n`);
  const [, block = ""] = /\n {6}run: \|\n((?: {8}.*\n|\n)+)/.exec(after) ?? [];
  return block.replace(/^ {8}/gm, "");
}

test("the action hands on all of its arguments, on however many lines", () => {
  const words = "\n  --list\n\n  --step\n  4 --driver pg\n";
  const { PATH, HOME, SystemRoot } = process.env;
  const environment = { PATH, HOME, SystemRoot, ACTION_PATH: root, GUIDE: "", ARGUMENTS: words };
  const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", scriptOf("Verify")], {
    env: environment,
    encoding: "utf8",
  });
  expect(stdout.match(/\d {2}[\w.-]+/g), stderr).toEqual([
    "4  04-delete",
    "2  02-read.after-04-delete",
  ]);
  expect(status, stderr).toBe(0);
});
