import { execFileSync } from "node:child_process";
import { closeSync, constants, linkSync, openSync, readSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectExit, expectRefused, expectReport } from "../support/command.ts";
import { copySmallProject, given, sharedProject } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";

describe("export", () => {
  test.each(["md", "ipynb", "html"])(
    "writes .%s from a verified run, the same every time",
    async (format) => {
      // The cells of a notebook are TypeScript.
      const project = format === "ipynb" ? copySmallProject() : makeShellGuide(fewRuns);
      const file = `${project.directory}/out.${format}`;
      // One format with both drivers: they say the same of all.
      const drivers = format === "md" ? ["pg", "postgres"] : ["pg"];
      const named = drivers.flatMap((name) => ["--driver", name]);
      const chosen = format === "md" ? [] : named;
      expectExit(await project.guide(["export", file, ...chosen], given), 0);
      const text = project.read(`out.${format}`);
      expect(text).toContain("Inserted 3 rows of data.");
      expect(text).not.toContain(project.directory);
      expectExit(await project.guide(["export", file, "--check", ...chosen], given), 0);

      // Neither the server shows in it, nor how the drivers were chosen.
      if (format !== "md") return;
      const other = await project.guide(["export", "-", "--format", format, ...named], {});
      expect(other.stdout).toBe(text);
    },
  );

  test("links from the document's own directory to the guide's files", async () => {
    const project = makeShellGuide(fewRuns);
    project.write("steps/after.md", "See [the notes](notes.md).\n");
    const file = `${project.directory}/docs/out.md`;
    expectExit(await project.guide(["export", file, "--driver", "pg"]), 0);
    expect(project.read("docs/out.md")).toContain("[the notes](../notes.md)");
    expect(project.read("docs/out.md")).toContain("](../steps/01-create.sh)");
  });

  test.each([
    ["GUIDE/steps/after.md", "steps/after.md is among the guide's own files."],
    ["GUIDE/link/new.md", "expected/new.md is among the guide's own files."],
    ["GUIDE/steps", "steps is a directory. Name a file in it."],
  ])("refuses %s before it runs anything", async (name, message) => {
    const project = makeShellGuide(fewRuns);
    symlinkSync("expected", `${project.directory}/link`);
    const file = name.replace("GUIDE", project.directory);
    const result = await project.guide(["export", file, "--format", "md"]);
    await expectRefused(result, message);
    expect(result.stderr).not.toContain("verified");
    expect(() => project.read(name.replace("GUIDE/", ""))).toThrow();
  });

  test("shows a marker that was printed as it was printed", async () => {
    const project = makeShellGuide(fewRuns);
    project.write("steps/02-read.sh", "printf '...\\n[..] books\\n'\n");
    project.write("expected/02-read.txt", "\\...\n\\[..] books\n");
    const result = await project.guide(["export", "-", "--format", "md"]);
    expectExit(result, 0);
    expect(result.stdout).toContain("\n...\n[..] books\n");
  });

  test("--check shows what is stale", async () => {
    const project = makeShellGuide(fewRuns);
    project.write("GUIDE.md", "# Another text\n");
    const result = await project.guide([
      "export",
      `${project.directory}/GUIDE.md`,
      "--check",
      "--driver",
      "pg",
    ]);
    expectExit(result, 1);
    expect(result.stdout).toContain("-# Another text\n");
    expect(result.stderr).toContain("is out of date. Write it: npx tsx run-guide.ts");
    expect(project.read("GUIDE.md")).toBe("# Another text\n");
  });

  test("refuses what is not verified; --unverified marks it", async () => {
    const project = makeShellGuide(fewRuns);
    project.edit("expected/02-read.txt", "Orwell", "Blair");
    const file = `${project.directory}/out.md`;
    const refused = await project.guide(["export", file, "--driver", "pg"]);
    expect(refused.stderr).toContain("Not exported: some outputs are not verified.");
    expectExit(refused, 1);
    expect(() => project.read("out.md")).toThrow("ENOENT");

    expectExit(await project.guide(["export", file, "--unverified", "--driver", "pg"]), 0);
    expect(project.read("out.md").toLowerCase()).toContain("not verified");
  });

  test("runs what it shows: the scripts of the lesson, whatever --driver says", async () => {
    const project = makeShellGuide(fewRuns);
    project.edit("steps/guide.json", '"runs"', '"lesson":["sh"],"runs"');
    const how = { run: ["sh"], check: ["-c", "true"], needs: "", install: "" };
    const folder = { name: "The shell", ...how };
    project.write("standalone/sh/standalone.json", JSON.stringify(folder));
    for (const file of ["01-create.sh", "02-read.sh"]) {
      project.write(`standalone/sh/${file}`, project.read(`steps/${file}`));
    }
    const choices = ["export", "-", "--format", "md", "--driver", "pg"];
    await expectReport(project.guide(choices), 0, "✓ *Verified with The shell.*");

    project.edit("standalone/sh/02-read.sh", "The Hobbit", "The Hobbitses");
    const refused = await project.guide(choices);
    expectExit(refused, 1);
    expect(refused.stdout).toBe("");
  });

  test("refuses what was saved while the guide ran: something else was run", async () => {
    const project = makeShellGuide(fewRuns);
    const later = `${project.directory}/steps/02-read.sh`;
    project.edit("steps/01-create.sh", "cat ", `echo '# saved' >> '${later}'\ncat `);
    const result = await project.guide(["export", "-", "--format", "md"]);
    await expectRefused(result, "steps/02-read.sh changed while the guide ran. Run again;");
    expect(result.stdout).toBe("");
  });

  test("replaces a document that it made: never half of one, and nobody else's file", async () => {
    const project = makeShellGuide(fewRuns);
    const choices = ["export", `${project.directory}/out.html`, "--driver", "pg"];
    expectExit(await project.guide(choices), 0);
    const old = project.read("out.html");
    linkSync(`${project.directory}/out.html`, `${project.directory}/old.html`);
    project.edit("steps/02-read.md", "It prints.", "It prints all.");
    expectExit(await project.guide(choices), 0);
    expect(project.read("out.html")).toContain("It prints all.");
    expect(project.read("old.html")).toBe(old);

    const edited = project.read("out.html").replace("It prints all.", "It prints them all.");
    project.write("out.html", edited);
    await expectRefused(
      project.guide(choices),
      /^\S+out\.html was edited since export made it, and is not replaced\. Rename it to keep it, or remove it\.\n$/,
    );
    expect(project.read("out.html")).toBe(edited);

    project.write("out.html", "<p>By hand.</p>\n");
    await expectRefused(
      project.guide(choices),
      /^\S+out\.html was not made by export, and is not replaced\./,
    );
    expect(project.read("out.html")).toBe("<p>By hand.</p>\n");
  });

  const sign =
    "<!-- Made by `run-guide export` from the guide's own files: change these instead. -->";
  const meta = '<meta name="generator" content="run-guide export">';
  const note = {
    cell_type: "markdown",
    id: "about-this-notebook",
    source: "## About this notebook\n",
  };
  const notebook = { metadata: { kernelspec: { name: "deno" } }, cells: [note] };
  const ownCell = { cell_type: "code", id: "3f9a01c2", source: "1 + 1" };
  const cell = '{ "cells": [{ "source": "#about-this-notebook" }], "nbformat": 4 }';
  test.each([
    ["README.md", "# My project\n\nSee [how](guide.ipynb#about-this-notebook).\n"],
    ["page.md", `---\ntitle: Mine\n---\n${sign}\n\n# A guide\n`],
    ["notes.md", `My notes.\n\n${sign}\n\n# A guide\n`],
    ["mine.html", `<!doctype html>\n<html lang="en">\n<body><pre>${meta}</pre></body></html>\n`],
    ["cut.html", `<!doctype html>\n<html lang="en">\n<head>\n${meta}\n<title>My pa`],
    ["mine.ipynb", cell],
    ["continued.ipynb", JSON.stringify({ ...notebook, cells: [...notebook.cells, ownCell] })],
    ["cells.ipynb", '{ "cells": [{ "id": "about-this-notebook", "source": ["# My own"] }] }'],
    ["list.ipynb", '["about-this-notebook"]'],
    ["other.ipynb", `${sign}\n\n# A guide\n`],
    ["other.html", `${sign}\n\n# A guide\n`],
  ])("never replaces %s, whatever it quotes", async (name, text) => {
    const project = makeShellGuide(fewRuns);
    project.write(name, text);
    await expectRefused(
      project.guide(["export", `${project.directory}/${name}`]),
      "was not made by export, and is not replaced.",
    );
    expect(project.read(name)).toBe(text);
  });

  test.skipIf(process.platform === "win32")("writes into what is no file", async () => {
    const project = makeShellGuide(fewRuns);
    const pipe = `${project.directory}/pipe`;
    execFileSync("mkfifo", [pipe]);
    const descriptor = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    const choices = ["export", pipe, "--format", "md", "--driver", "pg"];
    expectExit(await project.guide(choices), 0);
    const buffer = Buffer.alloc(9999);
    expect(buffer.toString("utf8", 0, readSync(descriptor, buffer))).toContain("# A guide");
    closeSync(descriptor);
  });

  test("writes another guide", async () => {
    const project = sharedProject();
    await expectReport(
      project.guide(
        [
          ...["export", "-", "--format", "md", "--driver", "pg"],
          ...["--guide", `${project.directory}/examples/counter`],
        ],
        given,
      ),
      0,
      "# Count visits, from TypeScript and from a shell",
    );
  });

  test.each([
    [["export", "guide.pdf"], 'Unknown format "pdf". The formats: md, ipynb, html.'],
    [["export", "-"], 'Unknown format "". The formats: md, ipynb, html. Give one with --format'],
    [["export", `${"x".repeat(300)}.md`], ".md cannot be read. ENAMETOOLONG"],
    [["export"], "Missing required argument 'file'."],
  ])("%j is refused", async (choices, message) => {
    await expectRefused(sharedProject().guide(choices, given), message);
  });
});
