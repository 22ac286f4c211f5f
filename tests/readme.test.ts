import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyProject, expectExit, sharedProject } from "./support/project.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");

/** The code blocks that follow a comment of one kind: [what the comment says, the block]. */
function blocks(kind: string): [string, string][] {
  const pattern = new RegExp(`<!-- ${kind}: (.*?) -->\n\`\`\`\\w+\n([^]*?)\`\`\``, "g");
  return [...readme.matchAll(pattern)].map(([, what = "", text = ""]) => [what, text]);
}

function withoutTimes(text: string): string {
  return text.replace(/\d+ ms/g, "N ms").replace(/\d+\.\d s/g, "N s");
}

test.each(blocks("output"))("the README shows what %s prints", async (command, shown) => {
  const choices = command.split(" ").slice(3);
  const { stdout } = await sharedProject().guide(choices);
  expect(withoutTimes(stdout)).toBe(withoutTimes(shown));
});

test("the README's driver works, and is checked like the others", async () => {
  const project = copyProject();
  for (const [file, text] of blocks("file")) project.write(file, text);
  for (const [file, text] of blocks("line")) project.edit(file, "\n};", `\n${text}};`);
  const result = await project.guide();
  expectExit(result, 0);
  expect(result.stdout).toContain("drivers: pg, postgres, quiet");
  expect(result.stdout).toContain("All 6 outputs are verified with 3 drivers");
});

test("the README's links lead to files that are there", () => {
  for (const [, target = ""] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    expect(() => readFileSync(join(import.meta.dirname, "..", target)), target).not.toThrow(
      /ENOENT/,
    );
  }
});
