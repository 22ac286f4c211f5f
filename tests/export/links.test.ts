import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildDocument } from "../../runner/document/build-document.ts";
import { linkPrefixFor, withLinkPrefix } from "../../runner/document/links.ts";
import { toMarkdown } from "../../runner/document/markdown.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { makeGuide } from "./support.ts";

const root = join(import.meta.dirname, "../..");

test.each([
  ["/guide", "/guide", ""],
  ["/guide/docs", "/guide", "../"],
  ["/guide/docs/deep", "/guide", "../../"],
  ["/", "/guide", "guide/"],
  ["/docs", "/a guide", "../a%20guide/"],
])("from %s to %s", (directory, guide, prefix) => {
  expect(linkPrefixFor(directory, guide)).toBe(prefix);
});

describe("a prefix is put before", () => {
  test.each([
    ["[a](docs/x.md#y)", "[a](../docs/x.md#y)"],
    ["[a](./x.md) and [b](x.md)", "[a](../x.md) and [b](../x.md)"],
    ["[a](<x y.md>)", "[a](<../x y.md>)"],
    ['[a](x.md "title")', '[a](../x.md "title")'],
    ["![a](x.png)", "![a](../x.png)"],
    ["[![a](x.png)](x.md)", "[![a](../x.png)](../x.md)"],
    [
      "[a][one] and [b](one.md)\n\n[one]: one.md",
      "[a][one] and [b](../one.md)\n\n[one]: ../one.md",
    ],
    ["- a\n- [`b`](b), and\n  [c](c)\n", "- a\n- [`b`](../b), and\n  [c](../c)\n"],
    ["> [a](b)\n", "> [a](../b)\n"],
    ["| a |\n| --- |\n| [a](b) |\n", "| a |\n| --- |\n| [a](../b) |\n"],
  ])("%j", (markdown, expected) => {
    expect(withLinkPrefix(markdown, "../")).toBe(expected);
  });
});

test.each([
  "[a](https://neon.com/x)",
  "[a](mailto:me@example.com)",
  "[a](#section)",
  "[a](/docs)",
  "<https://neon.com>",
  "https://neon.com and text",
  "`[a](b)`",
  "```md\n[a](b)\n```\n",
])("%j stays as it is", (markdown) => {
  expect(withLinkPrefix(markdown, "../")).toBe(markdown);
  expect(withLinkPrefix(`${markdown}\n\n[a](b)\n`, "../")).toBe(`${markdown}\n\n[a](../b)\n`);
});

test("nothing changes in the guide's own directory", () => {
  expect(withLinkPrefix("[a](./b)", "")).toBe("[a](./b)");
});

test.each(["", "docs", "docs/deep/er"])(
  "the links of a document in %j work there",
  async (folder) => {
    const guide = await loadGuide(root);
    const text = toMarkdown(buildDocument(guide, new Map(), join(root, folder)));
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, href = ""]) => href);
    expect(links.length).toBeGreaterThan(10);
    const up = "../".repeat(folder.split("/").filter(Boolean).length);
    for (const href of links) {
      expect(href.startsWith(up)).toBe(true);
      expect(existsSync(join(root, href.slice(up.length))), href).toBe(true);
    }
  },
);

test("a step's own file and prose have such links, too", async () => {
  const guide = await makeGuide({
    "steps/guide.json": JSON.stringify({ title: "A", runs: ["01-only"] }),
    "steps/before.md": "See [a](a.md).\n\n## Before\n\n[b](b.md)\n",
    "steps/01-only.ts": "/*\n# The only step\n\nLike [c](c.md).\n*/\nconsole.log(1);\n",
  });
  const text = toMarkdown(buildDocument(guide, new Map(), join(guide.directory, "docs")));
  for (const file of ["a.md", "b.md", "c.md", "steps/01-only.ts"]) {
    expect(text).toContain(`](../${file})`);
  }
});
