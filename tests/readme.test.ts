import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { expect, inject, test } from "vitest";
import { makePage } from "./support/page.ts";
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

test("the pages that docs/pages.md shows are verified", async () => {
  const text = readFileSync(join(root, "docs/pages.md"), "utf8");
  const shown = [...text.matchAll(/<!-- verified -->\n````md\n([\s\S]*?)````/g)];
  expect(shown).toHaveLength(2);
  for (const [, page = ""] of shown) {
    const result = await makePage(page).run();
    expectExit(result, 0);
    expect(result.stdout).toContain("The output is verified with");
  }
});

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsIn(file: string): string[] {
  const headings = readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
}

test.each(pages)("the links of $name lead to what is there", ({ name, text }) => {
  const links = text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g);
  for (const [link, target = "", anchor] of links) {
    const file = target === "" ? join(root, name) : join(root, dirname(name), target);
    expect(existsSync(file), link).toBe(true);
    if (anchor !== undefined) expect(anchorsIn(file), link).toContain(anchor);
  }
});
