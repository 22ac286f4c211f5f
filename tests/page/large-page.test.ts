import { expect, test } from "vitest";
import { listBlocks } from "../../runner/page/list-blocks.ts";
import { loadPage } from "../../runner/page/load-page.ts";
import { makePage } from "../support/page.ts";

const blocks = "```sql\nSELECT 1 AS n;\n```\n\n```\n n\n---\n 1\n(1 row)\n```\n\n";

async function load(text: string) {
  const { page, runs } = await loadPage(makePage(text).file);
  if (!page) throw new Error("It is not a page.");
  return { page, runs };
}

test("ten thousand blocks are read and listed", async () => {
  const { page, runs } = await load(`# A page\n\n${blocks.repeat(5000)}`);
  expect(runs.length).toBe(5000);
  expect(listBlocks(page).split("\n").length).toBe(10_001);
});

test("ten megabytes are read", async () => {
  const text = `${"Words that say nothing. ".repeat(20)}\n`.repeat(20);
  const { runs } = await load(`# A page\n\n${`${text}\n${blocks}`.repeat(1000)}`);
  expect(runs.length).toBe(1000);
  expect(runs.every(({ inPage }) => inPage?.kind === "lines")).toBe(true);
});

test("a thousand programs that import one another are followed", async () => {
  const programs = Array.from({ length: 1000 }, (_, index) => {
    const code = `import "./app${Math.max(0, index - 1)}.js";\nconsole.log(${index});`;
    return `\`\`\`js title="app${index}.js"\n${code}\n\`\`\`\n\n\`\`\`sh\nnode app${index}.js\n\`\`\`\n\n`;
  });
  const unknown = "```sh\nexport NOTE=$HOME/notes\n```\n\n";
  const { runs } = await load(`# A page\n\n${unknown}${programs.join("")}`);
  expect(runs.length).toBe(1000);
});
