import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { expect, inject, test } from "vitest";
import { copySmallProject, expectExit, sharedProject } from "./support/project.ts";

const root = join(import.meta.dirname, "..");
const documents = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const pages = [
  "README.md",
  ".github/CONTRIBUTING.md",
  ...documents.map((name) => `docs/${name}`),
].map((name) => ({ name, text: readFileSync(join(root, name), "utf8") }));

/** The code blocks that follow a comment of one kind: [what the comment says, the block]. */
function blocks(kind: string): [string, string][] {
  const pattern = new RegExp(`<!-- ${kind}: (.*?) -->\n\`\`\`\\w+\n([^]*?)\`\`\``, "g");
  return pages.flatMap(({ text: page }) =>
    [...page.matchAll(pattern)].map(([, what = "", text = ""]): [string, string] => [what, text]),
  );
}

function withoutTimes(text: string): string {
  return text.replace(/\d+ ms/g, "N ms").replace(/\d+\.\d s/g, "N s");
}

test.each(blocks("output"))("the documents show what %s prints", async (command, shown) => {
  const choices = command.split(" ").slice(3);
  const result = await sharedProject().command(choices);
  expectExit(result, 0);
  expect(result.stderr).toBe("");
  expect(withoutTimes(result.stdout)).toBe(withoutTimes(shown));
});

test.each(blocks("fails"))("the documents show how %s fails", async (command, shown) => {
  const { directory, command: run } = sharedProject();
  const from = `${relative(tmpdir(), directory)}/`; // a test's commands do not run in the project's directory
  const choices = command.split(" ").slice(3);
  const result = await run(choices.map((word) => (word.includes("/") ? from + word : word)));
  expectExit(result, 1);
  expect(result.stderr).toBe("");
  expect(withoutTimes(result.stdout.replaceAll(from, ""))).toBe(withoutTimes(shown));
});

test("the documented driver works, and is checked like the others", async () => {
  const project = copySmallProject();
  for (const [file, text] of blocks("file")) project.write(file, text);
  for (const [file, text] of blocks("line")) project.edit(file, "\n};", `\n${text}};`);
  const result = await project.guide([], { DATABASE_URL: inject("databaseUrl") });
  expectExit(result, 0);
  expect(result.stdout).toContain("clients: pg, postgres, quiet");
  expect(result.stdout).toContain("All 2 outputs are verified with 3 clients");
});

test.each(pages)("the links of $name lead to what is there", ({ name, text }) => {
  for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    expect(existsSync(join(root, dirname(name), target)), target).toBe(true);
  }
});
