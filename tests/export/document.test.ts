import { describe, expect, test } from "vitest";
import { listed } from "../../runner/common/words.ts";
import {
  buildDocument,
  refuseChangedSources,
  uniqueIds,
} from "../../runner/document/build-document.ts";
import { changesBetween } from "../../runner/document/changes.ts";
import { formats } from "../../runner/document/formats.ts";
import { splitChapters } from "../../runner/document/sources.ts";
import { verdictText } from "../../runner/document/words.ts";
import { makeGuide, ownDocument, smallDocument } from "./support.ts";

describe("the document of this guide", () => {
  test("has the steps in the order of the runs, and the re-reads where they are run", async () => {
    const { steps } = await ownDocument();
    expect(steps.map(({ id, again }) => [id, ...again.map((one) => one.id)])).toEqual([
      ["01-create"],
      ["02-read"],
      ["03-update", "02-read.after-03-update"],
      ["04-delete", "02-read.after-04-delete"],
    ]);
  });

  test("shows each step as one whole script for each library", async () => {
    const { steps } = await ownDocument();
    const titles = steps.map(({ scripts }) => scripts.map(({ client }) => client.title));
    const libraries = ["pg", "postgres.js", "Drizzle"];
    expect(titles).toEqual([libraries, libraries, libraries, libraries]);
    for (const { scripts } of steps) {
      for (const { code } of scripts) expect(code).toMatch(/^import .*;\n[\s\S]*\}$/);
    }
  });

  test("shows a file that several scripts import once, at the first of them", async () => {
    const { steps } = await ownDocument();
    const imports = steps.flatMap(({ scripts }) => scripts.flatMap((one) => one.imports));
    expect(imports.map(({ file }) => file)).toEqual([
      "standalone/postgres/connect.ts",
      "standalone/drizzle/connect.ts",
      "standalone/drizzle/schema.ts",
    ]);
    expect(steps[0]?.scripts.flatMap((one) => one.imports)).toEqual(imports);
  });

  test("has the drivers and their steps once, after the scripts", async () => {
    const { shared } = await ownDocument();
    expect([...(shared?.steps ?? []), ...(shared?.drivers ?? [])].map(({ file }) => file)).toEqual([
      ...["01-create", "02-read", "03-update", "04-delete"].map((name) => `steps/${name}.ts`),
      ...["drivers/pg.ts", "drivers/postgres.ts"],
    ]);
  });

  test("says what a re-read shows to have changed", async () => {
    const { steps } = await ownDocument();
    const line = "ID: 4, Title: Dune, Author: Frank Herbert, Year: 1965, In Stock: ";
    expect(steps[2]?.again[0]?.changes).toEqual([
      { sign: "-", text: `${line}False` },
      { sign: "+", text: `${line}True` },
    ]);
    expect(steps[3]?.again[0]?.changes).toMatchObject([{ sign: "-" }]);
  });
});

test.each([...formats])("in %s, the same document gives the same bytes", async (_, format) => {
  const text = await format.write(await ownDocument(), "");
  expect(await format.write(await ownDocument(), "")).toBe(text);
  expect(format.originOf(text)).toBe("exported");
  // Nothing of the machine, the day or the run is in it.
  expect(text).not.toMatch(/\d ms\b|127\.0\.0\.1|\/tmp\/|\/home\/|20\d\d-\d\d-\d\d/);
  expect(text).not.toContain(import.meta.dirname);
});

test("a source that changed while the guide ran is refused", async () => {
  const before = await ownDocument();
  const shown = structuredClone(before);
  refuseChangedSources(shown, before);
  Object.assign(shown.shared?.drivers[0] ?? {}, { code: "// changed" });
  expect(() => refuseChangedSources(shown, before)).toThrow("changed while the guide ran");
});

interface Notebook {
  readonly metadata: object;
  readonly cells: { readonly cell_type: string }[];
}

describe("whether a document was edited", () => {
  const originsOf = async (name: string, change: (text: string) => string) => {
    const format = formats.get(name);
    const text = (await format?.write(await ownDocument(), "")) ?? "";
    const changed = change(text);
    expect(changed).not.toBe(text);
    return format?.originOf(changed);
  };
  const edit = (change: (notebook: Notebook) => void) => (text: string) => {
    const notebook: Notebook = JSON.parse(text);
    change(notebook);
    return JSON.stringify(notebook);
  };
  const inNotebook = (fields: object) => edit((notebook) => Object.assign(notebook, fields));
  const withMetadata = (fields: object) => edit(({ metadata }) => Object.assign(metadata, fields));
  const inCell = (fields: object) => edit(({ cells }) => Object.assign(cells[0] ?? {}, fields));
  const inCode = (fields: object) =>
    edit(({ cells }) => {
      const code = cells.filter((cell) => cell.cell_type === "code");
      Object.assign(code[0] ?? {}, fields);
    });
  const picture = {
    ...{ output_type: "display_data", metadata: {} },
    data: { "image/png": "iVBORw==", "text/plain": "a drawing" },
  };
  /** What a kernel shows of the last value in a cell. */
  const value = {
    ...{ output_type: "execute_result", execution_count: 40, metadata: {} },
    data: { "text/plain": ["1\n"], "text/html": "<b>1</b>", "application/json": 1 },
  };

  test.each([
    ["md", "a word", (text: string) => text.replace("It prints", "It always prints")],
    ["md", "code", (text: string) => text.replace("await client.end", "// await client.end")],
    ["md", "a comment in code", (text: string) => text.replace("\nawait ", "\n// await ")],
    ["md", "a sign in code", (text: string) => text.replace(/(?<=\n)(?=await )/, ">")],
    ["md", "a command", (text: string) => text.replace("npm install", "# npm install")],
    ["md", "an output", (text: string) => text.replace(/^(\w+: \d), /m, "$1; ")],
    ["md", "levels of headings", (text: string) => text.replaceAll(/^## /gm, "### ")],
    ["md", "emphasis", (text: string) => text.replace("It prints:", "**It prints:**")],
    ["md", "more emphasis", (text: string) => text.replaceAll("*", "**")],
    ["md", "a line through", (text: string) => text.replace(/^(\w.*\.)$/m, "~~$1~~")],
    ["md", "a quote", (text: string) => text.replace(/^(\w.*\.)$/m, "> $1")],
    ["md", "parentheses", (text: string) => text.replace(/^(\w.*\.)$/m, "($1)")],
    ["md", "a rule", (text: string) => text.replace("\n\n## ", "\n\n---\n\n## ")],
    ["md", "numbers", (text: string) => text.replaceAll(/^- /gm, "1. ")],
    ["md", "a line at the end", (text: string) => `${text}\nOur own notes.\n`],
    ["html", "a word", (text: string) => text.replace("<h1>", "<h1>Our ")],
    ["ipynb", "a cell", (text: string) => text.replace("npm:pg", "npm:pg@8")],
    [
      "ipynb",
      "a slide",
      (text: string) =>
        text.replace('"metadata": {}', '"metadata": { "slideshow": { "slide_type": "slide" } }'),
    ],
    ["ipynb", "the title", (text: string) => text.replace("# Connect", "# Now connect")],
    [
      "ipynb",
      "a pasted picture",
      inCell({ attachments: { "a.png": { "image/png": "iVBORw==" } } }),
    ],
    ["ipynb", "a tag", inCell({ metadata: { tags: ["skip"] } })],
    ["ipynb", "what a tool keeps in a cell", inCell({ grade: 3 })],
    ["ipynb", "what a tool keeps in the notebook", inNotebook({ notes: ["Mine."] })],
    ["ipynb", "authors", withMetadata({ authors: [{ name: "Ada" }] })],
    ["ipynb", "a picture that other code drew", inCode({ outputs: [picture] })],
  ])("in %s: %s", async (name, _, change) => {
    expect(await originsOf(name, change)).toBe("edited");
  });

  const prose = (text: string) =>
    text
      .replaceAll(/^✓ \*(.*)\*$/gm, "✓ _$1_")
      .replaceAll(/^- /gm, "* ")
      .replaceAll(/^(\d)\. /gm, "$1)   ")
      .replace(/^(\w.*)\.$/m, "$1\\.")
      .replaceAll(/\n\n##/g, "\n\n\n##")
      .replaceAll(/^(It prints):/gm, "It\nprints:");
  const code = (text: string) =>
    text
      .replaceAll(/^import (.*) from "(.*)";$/gm, "import $1 from '$2'")
      .replaceAll("console.log(", "console.log(\n  ");
  const formatted = (text: string) =>
    text
      .split(/^(```.*\n[\s\S]*?^```)$/m)
      .map((part, index) => (index % 2 === 1 ? code(part) : prose(part)))
      .join("");
  const rerun = (text: string) => {
    const notebook = JSON.parse(text);
    for (const cell of notebook.cells) {
      if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: 40 });
      cell.source = `${cell.source.join("")}\n`;
      cell.metadata = { tags: [] };
    }
    return JSON.stringify({ ...notebook, nbformat_minor: 4 });
  };
  test.each([
    ["md", "a formatter", formatted],
    [
      "html",
      "spaces at the ends of lines",
      (text: string) => text.replaceAll("</main>", "</main> "),
    ],
    ["ipynb", "Jupyter, which ran it", rerun],
    ["ipynb", "a run that shows a value", inCode({ outputs: [value], execution_count: 40 })],
    ["ipynb", "a cell in which no picture is left", inCell({ attachments: {} })],
    [
      "ipynb",
      "VS Code, in which it is opened",
      inCode({ id: "9f2b01ac", metadata: { vscode: { languageId: "typescript" } } }),
    ],
    [
      "ipynb",
      "a kernel of another version",
      withMetadata({
        kernelspec: { display_name: "Deno 3", language: "typescript", name: "deno" },
        language_info: { name: "typescript", version: "6.0" },
      }),
    ],
    [
      "ipynb",
      "JupyterLab, in which a cell's properties are looked at",
      inCell({ metadata: { editable: true, slideshow: { slide_type: "" }, tags: [] } }),
    ],
    ["ipynb", "nbconvert or papermill, which ran it", withMetadata({ papermill: { duration: 2 } })],
  ])("not in %s: %s", async (name, _, change) => {
    expect(await originsOf(name, change)).toBe("exported");
  });
});

describe("the document of another guide", () => {
  test("needs neither an introduction nor an ending", async () => {
    const document = await smallDocument("1\n");
    expect(document).toMatchObject({ introduction: "", before: [], after: [] });
    expect(document.clients.map(({ title }) => title)).toEqual(["pg", "postgres"]);
  });

  test("shows the step itself if there are no scripts", async () => {
    const { steps, shared } = await smallDocument("1\n");
    expect(shared).toBeUndefined();
    expect(steps[0]).toMatchObject({ command: "npx tsx steps/01-only.ts" });
    expect(steps[0]?.scripts).toMatchObject([
      { file: "steps/01-only.ts", code: "console.log(process.argv);" },
    ]);
  });

  test("names libraries as the scripts' folders do", async () => {
    const { steps, clients } = await smallDocument("1\n", {
      "steps/guide.json": JSON.stringify({
        ...{ title: "A", runs: ["01-only"], lesson: ["postgres"], drivers: ["pg", "postgres"] },
      }),
      "standalone/postgres/01-only.ts": "console.log(2);\n",
      "standalone/postgres/standalone.json": '{ "name": "Postgres, a library" }',
    });
    expect(steps[0]?.scripts).toMatchObject([{ file: "standalone/postgres/01-only.ts" }]);
    const title = "Postgres, a library";
    expect(clients.map((client) => client.title)).toEqual(["pg", title, title]);
    expect(steps[0]?.output.clients.map((client) => client.title)).toEqual(["pg", title]);
  });

  test("a lesson of scripts that are not there is refused", async () => {
    const files = {
      "steps/guide.json": JSON.stringify({ title: "A", runs: ["01-only"], lesson: ["x"] }),
    };
    await expect(smallDocument("1\n", files)).rejects.toThrow(
      '"lesson" names x, but standalone/x does not exist',
    );
  });

  test("an output that is not there is not verified", async () => {
    const guide = await makeGuide({
      "steps/guide.json": JSON.stringify({ title: "Twice", runs: ["01-one", "02-two", "01-one"] }),
      "steps/01-one.ts": "/*\n# One\n*/\n",
      "steps/02-two.ts": "/*\n# Two\n*/\n",
    });
    const { steps } = buildDocument(guide, new Map());
    expect(steps[0]?.output).toEqual({ text: "", verified: false, clients: [] });
    expect(steps[1]?.again[0]?.changes).toBeUndefined();
  });

  test("ids do not collide with those of the runs", async () => {
    const document = await smallDocument("1\n", {
      "steps/before.md": "## Shared\n\n## 01 only\n\n## Shared\n",
    });
    const ids = document.before.map(({ id }) => id);
    expect(ids).toEqual(["shared-2", "01-only-2", "shared-3"]);
  });
});

test("chapters begin at second-level headings, and not in code", () => {
  const markdown = "Hello.\n\n## One `x`\n\n```sh\n## no heading\n```\n\n### Below\n\n## Two\n";
  expect(splitChapters(markdown)).toEqual({
    introduction: "Hello.",
    chapters: [
      { title: "One `x`", text: "```sh\n## no heading\n```\n\n### Below" },
      { title: "Two", text: "" },
    ],
  });
});

test.each([
  ["a\nb\n", "a\nb\n", []],
  ["a\nb\n", "a\n", [{ sign: "-", text: "b" }]],
  [
    "",
    "a\n\n",
    [
      { sign: "+", text: "a" },
      { sign: "+", text: "" },
    ],
  ],
  ["a\n".repeat(25), "b\n".repeat(25), undefined],
])("the changes between %j and %j", (before, now, changes) => {
  expect(changesBetween(before, now)).toEqual(changes);
});

test("ids are short, plain and unique", () => {
  const toId = uniqueIds(["taken"]);
  const ids = ["Taken", "Prägung & more", "???", "???", "x".repeat(99), "x".repeat(99)].map(toId);
  const long = "x".repeat(56);
  expect(ids).toEqual(["taken-2", "pra-gung-more", "part", "part-2", long, `${long}-2`]);
  for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
});

test("words", () => {
  const listing = [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")];
  expect(listing).toEqual(["", "a", "a and b", "a, b or c"]);
  const pg = { name: "pg", title: "pg" };
  const postgres = { name: "postgres", title: "postgres.js" };
  const clients = [pg, postgres, { ...pg, name: "standalone/pg" }];
  expect(verdictText({ text: "x\n", verified: true, clients })).toBe(
    "Verified with pg and postgres.js",
  );
  expect(verdictText({ text: "", verified: false, clients })).toBe("Not verified");
});
