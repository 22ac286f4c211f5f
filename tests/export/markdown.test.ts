import { lexer } from "marked";
import { expect, test } from "vitest";
import { toMarkdown } from "../../runner/document/markdown.ts";
import { ownDocument, smallDocument } from "./support.ts";

test("the whole tutorial, in order", async () => {
  const text = toMarkdown(await ownDocument());
  const headings = [...text.matchAll(/^#{1,3} .*$/gm)].map(([heading]) => heading);
  const scripts = ["### With pg", "### With postgres.js", "### With Drizzle", "### Run it"];
  expect(headings).toEqual([
    "# Connect a TypeScript application to Neon Postgres",
    "## Prerequisites",
    "## Create a Neon project",
    "## Make a project of your own",
    "## Store your connection string",
    "## Create a table and insert data",
    ...scripts,
    "## Read data",
    ...scripts,
    "## Update data",
    ...scripts,
    "### Run `02-read` again",
    "## Delete data",
    ...scripts,
    "### Run `02-read` again",
    "## One interface for every driver",
    "## Run the whole guide",
    "## Source code",
    "## Next steps: when something goes wrong",
    "## Next steps: an ORM",
    "## Experiment on a branch",
    "## Test on a branch in CI",
    "## Where to go on",
    "## Resources",
  ]);
  for (const name of ["01-create", "02-read", "03-update", "04-delete"]) {
    expect(text).toContain(`### Run it\n\n\`\`\`sh\nnpx tsx ${name}.ts\n\`\`\`\n\nIt prints:`);
  }
  expect(text.match(/^✓ \*Verified with pg and postgres\.js\.\*$/gm)).toHaveLength(6);
  expect(text).toContain("```diff\n-ID: 3, Title: 1984");
});

test("a script can be copied from it as it is", async () => {
  const document = await ownDocument();
  const blocks = lexer(toMarkdown(document)).filter(({ type }) => type === "code");
  for (const { scripts } of document.steps) {
    for (const { code } of scripts) {
      expect(blocks).toContainEqual(expect.objectContaining({ lang: "ts", text: code }));
    }
  }
});

test.each([
  ["a fence", "```\n</details>\n# No heading\n```\n"],
  ["longer fences", "`````\n````\n"],
  ["HTML", "<script>alert(1)</script>\n"],
  ["no end of line", "text"],
  ["empty lines around", "\n\ntext\n\n"],
])("an output with %s stays in its code block", async (_, output) => {
  const text = toMarkdown(await smallDocument(output));
  const blocks = lexer(text).filter(({ type }) => type === "code");
  expect(blocks.at(-1)).toMatchObject({ lang: "text", raw: expect.stringContaining(output) });
  expect(lexer(text).at(-1)?.raw.trim()).toBe("✓ *Verified with pg and postgres.*");
});

test("control characters are made visible", async () => {
  expect(toMarkdown(await smallDocument("\x1b[2Jgone\n"))).toContain("\n\\x1b[2Jgone\n");
});

test("an output that is not verified says so", async () => {
  const document = await ownDocument((name, output) => {
    if (name === "02-read") return { ...output, verified: false };
    return name === "04-delete" ? { text: "", verified: false, clients: [] } : output;
  });
  const text = toMarkdown(document);
  expect(text.match(/✓ \*Verified with/g)).toHaveLength(4);
  expect(text).toContain("```\n\n> **Not verified.** No run has confirmed");
  expect(text).toContain("04-delete.ts\n```\n\n> **Not verified.** This run has no output.");
});

test("a guide without an introduction begins with its step", async () => {
  expect(toMarkdown(await smallDocument("1\n"))).toMatch(
    /^<!-- .* -->\n\n# Small <guide>\n\n## The only step\n\nIt prints\./,
  );
});
