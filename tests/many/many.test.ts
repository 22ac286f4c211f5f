import { readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { Parser } from "tap-parser";
import { describe, expect, test } from "vitest";
import { expectRefused, expectReport } from "../support/command.ts";
import { expectExit, given, sharedProject } from "../support/project.ts";
import { makeSite, mixedSite, sqlPage } from "./site.ts";

const reportSchema = join(import.meta.dirname, "../../docs/report.schema.json");
const schema = join(import.meta.dirname, "../report/junit.xsd");

describe("several guides", () => {
  test("one that cannot be read does not hide the others", async () => {
    const { run } = mixedSite();
    const { code, stdout } = await run(["docs/**/*.md*", "docs/broken.md"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✓ \S*docs\/good\.md {2}2 of 2 outputs verified/);
    expect(stdout).toMatch(/✓ \S*docs\/deep\/also\.mdx/);
    expect(stdout).toMatch(/✗ \S*docs\/wrong\.md {2}1 of 2 outputs verified/);
    expect(stdout).toContain("+++ pg and postgres printed");
    expect(stdout).toMatch(/- \S*docs\/prose\.md {2}nothing to verify/);
    expect(stdout).toMatch(/✗ \S*docs\/broken\.md .*guide\.json does not exist/);
    const summary = stdout.slice(stdout.lastIndexOf("\n\n"));
    expect(summary).toContain("Not verified: 5 of 6 documented outputs of 5 guides");
    expect(summary).toContain(
      "2 verified, 1 failed, 1 with nothing to verify, 1 could not be run.",
    );
    expect(summary).toMatch(/ {2}1 {2}something else is printed \(\S*docs\/wrong\.md\)\n/);
    expect(summary).toMatch(/Look at:\n {2}\S*broken\.md .*\n {2}\S*wrong\.md {2}1 drift\n$/);
  });

  test("whose pages are right are verified, and one without outputs among them is neutral", async () => {
    const site = mixedSite();
    site.remove("docs/wrong.md");
    const { code, stdout } = await site.run(["docs/**/*.{md,mdx}"]);
    expect(stdout).toContain("Verified: 4 of 4 documented outputs of 3 guides");
    expect(code).toBe(0);
  });

  test("of which one cannot begin end as that one would", async () => {
    const site = mixedSite();
    const named = await site.run(["docs/good.md", "docs/prose.md"]);
    expectExit(named, 2);
    expect(named.stdout).toMatch(/✗ \S*prose\.md .*has nothing to verify/);
    const gone = await site.run(["docs/good.md", "docs/gone.md"]);
    expectExit(gone, 2);
    expect(gone.stdout).toContain("docs/gone.md does not exist.");
  });

  test("do not begin without a server, and their reports say so", async () => {
    const site = mixedSite();
    const report = site.path("r.json");
    const nowhere = { DATABASE_URL: "postgresql://u:p@127.0.0.1:1/d?connect_timeout=1" };
    const choices = ["--reporter", `json=${report}`];
    const result = await site.runWith(nowhere, ["docs/*.md"], ...choices);
    expectExit(result, 3);
    const { failure, summary } = JSON.parse(site.read("r.json"));
    expect(failure).toContain("127.0.0.1:1");
    expect(summary.verified).toBe(false);
  });

  test("are interrupted together, and their reports say so", async () => {
    const slow = "# Slow\n\n```sql\nSELECT pg_sleep(60);\n```\n\n```\n pg_sleep\n```\n";
    const site = makeSite({ "a.md": sqlPage("Dune"), "b.md": slow, "c.md": slow, "d.md": slow });
    const guides = ["--guide", site.path("*.md"), "--jobs", "2"];
    const reports = ["--reporter", "terminal", "--reporter", `json=${site.path("r.json")}`];
    const running = sharedProject().start([...guides, ...reports], given);
    await running.prints(/✓ \S*a\.md/);
    running.child.kill("SIGINT");
    expect(await running.ended).toBe(130);
    const { guides: ended, failure, summary } = JSON.parse(site.read("r.json"));
    expect(ended.map(({ state }: { state: string }) => state)).toEqual(["verified"]);
    expect([failure, summary.verified]).toEqual([expect.stringContaining("nterrupted"), false]);
  });

  test("write one after the other, however many run at once", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `p${index}.md`);
    const site = makeSite(Object.fromEntries(names.map((name) => [name, sqlPage("Dune", "Duna")])));
    const { stdout } = await site.run(["*.md"], "--jobs", "4");
    const [, ...parts] = stdout.split(/^✗ /m);
    expect(parts).toHaveLength(8);
    for (const part of parts) {
      const [, name = "none"] = /(p\d\.md)/.exec(part) ?? [];
      const body = part.split("\n\nNot verified:")[0] ?? "";
      expect(new Set(body.match(/p\d\.md/g))).toEqual(new Set([name]));
      expect(body).toContain("+ Dune");
    }
  });

  test.skipIf(process.platform === "win32")("are run once, where links lead to them", async () => {
    const site = makeSite({ "docs/a.md": sqlPage("Dune"), "docs/b/c.md": sqlPage("Emma") });
    symlinkSync("../docs", site.path("docs/loop"));
    const { stdout } = await site.run(["**/*.md"]);
    expect(stdout).toContain("of 2 guides");
    expect(stdout).not.toContain("loop");
  });

  test.each([
    ["a pattern that nothing matches", ["docs/*.txt"], [], "No page or guide matches"],
    ["a page that is named twice", ["docs/good.md", "docs/good.md"], [], "is given twice."],
    ["a commit of no repository", ["docs/*.md"], ["--only-changed", "main"], "in no repository"],
    ["a baseline that is none", ["docs/*.md"], ["--baseline", import.meta.filename], "--baseline"],
  ])("are refused with %s, and their reports say so", async (_, names, choices, message) => {
    const site = mixedSite();
    const report = ["--reporter", `json=${site.path("r.json")}`];
    await expectRefused(site.run(names, ...choices, ...report), message);
    const { failure, summary } = JSON.parse(site.read("r.json"));
    expect([failure, summary.verified]).toEqual([expect.stringContaining(message), false]);
  });

  test("share one embedded server, and a sample; a page that makes a role has one of its own", async () => {
    const counted =
      "```sql\nSELECT count(*) FROM t;\n```\n\n```\n count\n-------\n     1\n(1 row)\n```\n";
    const role = "```sql\nCREATE ROLE page_reader;\n```\n\n```\nCREATE ROLE\n```\n";
    const site = makeSite({
      "guide-pages.json": '{ "sample": "sample.sql" }',
      "sample.sql": "CREATE TABLE t (id int); INSERT INTO t VALUES (1);",
      "a.md": counted,
      "b.md": counted,
      "role-1.md": role,
      "role-2.md": role,
    });
    const result = await site.runWith({ DATABASE_URL: undefined }, ["*.md"]);
    await expectReport(result, 0, /^embedded PostgreSQL \S+ · 4 guides, \d+ at once\n/);
    expect(result.stdout).toContain("Verified: 4 of 4 documented outputs of 4 guides");
  });

  test("whose guide.json is lost could not be run", async () => {
    const site = makeSite({
      "a.md": sqlPage("A"),
      "b/steps/01-a.ts": "",
      "b/expected/01-a.txt": "A\n",
    });
    const result = await site.run(["*"]);
    expectExit(result, 2);
    expect(result.stdout).toMatch(/✗ \S*b .*guide\.json/);
  });

  test("in a folder that is named by itself: the message has the pattern", async () => {
    const result = await mixedSite().run(["docs", "docs/good.md"]);
    expectExit(result, 2);
    expect(result.stdout).toMatch(/Verify its pages: --guide '\S*docs\/\*\*\/\*\.md'/);
    const deeper = await makeSite({ "docs/more/a.md": "# A\n" }).run(["docs"]);
    expectExit(deeper, 2);
    expect(deeper.stderr).toMatch(/Verify its pages: --guide '\S*docs\/\*\*\/\*\.md'/);
  });

  test("that have nothing to verify are not verified", async () => {
    const site = makeSite({ "a.md": "# A\n", "b.md": "# B\n" });
    await expectReport(site.run(["*.md"]), 1, "Not verified: 0 of 0 documented outputs");
  });

  test("are listed without being run", async () => {
    const { stdout } = await mixedSite().run(["docs/*.md"], "--list");
    expect(stdout).toMatch(/docs\/good\.md\ngood\.md:3 {2}SQL/);
    expect(stdout).toMatch(/docs\/prose\.md\n/);
  });

  test("of which one fails are not begun any more, with --bail", async () => {
    const site = makeSite({
      "a.md": sqlPage("A", "B"),
      "b.md": sqlPage("B"),
      "c.md": sqlPage("C"),
    });
    const result = await site.run(["*.md"], "--bail", "--jobs", "1");
    expectExit(result, 1);
    expect(result.stdout).toContain("1 failed, 2 not run, after --bail.");
  });

  test("are updated, each in its page", async () => {
    const site = makeSite({ "a.md": sqlPage("A", "X"), "b.md": sqlPage("B", "Y") });
    await expectReport(site.run(["*.md"], "--update"), 0, "2 outputs written.");
    expect(site.read("a.md")).toBe(sqlPage("A"));
    expect(site.read("b.md")).toBe(sqlPage("B"));
  });

  test("go together with guides in directories", async () => {
    const site = makeSite({ "a.md": sqlPage("A") });
    const { directory } = sharedProject();
    const guide = ["--guide", `${directory}/examples/counter`];
    await expectReport(site.run(["a.md"], ...guide), 0, /✓ \S*examples\/counter/);
  });
});

describe("the reports of several guides", () => {
  test("name each of them, and are well-formed", async () => {
    const site = mixedSite();
    const { path, read } = site;
    const files = { json: "r.json", junit: "r.xml", tap: "r.tap", terminal: "r.txt" };
    const choices = Object.entries(files).flatMap(([name, file]) => [
      "--reporter",
      `${name}=${path(file)}`,
    ]);
    expectExit(await site.run(["docs/*.md", "docs/broken.md"], ...choices), 1);

    const report = JSON.parse(read("r.json"));
    const isReport = new Ajv().compile(JSON.parse(readFileSync(reportSchema, "utf8")));
    expect(isReport(report), JSON.stringify(isReport.errors)).toBe(true);
    expect(isReport({ ...report, other: 1 })).toBe(false);
    const named = report.guides.map(({ name, state }: { name: string; state: string }) => [
      name.replace(/.*\/docs/, "docs"),
      state,
    ]);
    expect(named).toEqual([
      ["docs/broken.md", "stopped"],
      ["docs/good.md", "verified"],
      ["docs/prose.md", "nothing"],
      ["docs/wrong.md", "failed"],
    ]);
    expect(report.summary.guides).toMatchObject({ verified: 1, failed: 1, nothing: 1, stopped: 1 });

    const xml = XmlDocument.fromString(read("r.xml"));
    XsdValidator.fromDoc(XmlDocument.fromString(readFileSync(schema, "utf8"))).validate(xml);
    expect(read("r.xml")).toMatch(/<testsuites .* failures="2" errors="1"/); // one output, two clients
    const suites = [...read("r.xml").matchAll(/<testsuite name="[^"]*\/(docs[^"]*)"/g)];
    expect(suites.map(([, name]) => name)).toEqual([
      "docs/broken.md: guide",
      "docs/good.md: pg",
      "docs/good.md: postgres",
      "docs/prose.md",
      "docs/wrong.md: pg",
      "docs/wrong.md: postgres",
    ]);

    const points = new Map<string, boolean>();
    const parser = new Parser();
    parser.on("assert", ({ ok, name }) => points.set(name.replace(/.*docs/, "docs"), ok));
    const ended = new Promise<{ ok: boolean; count: number }>((resolve) =>
      parser.on("complete", resolve),
    );
    parser.end(read("r.tap"));
    expect(await ended).toMatchObject({ ok: false, count: 4 });
    expect(Object.fromEntries(points)).toMatchObject({
      "docs/broken.md": false,
      "docs/good.md": true,
      "docs/prose.md": true,
      "docs/wrong.md": false,
    });

    expectExit(await site.run(["docs/good.md", "docs/wrong.md"], ...choices), 1); // replaces them
    rmSync(path("r.json"));
    site.write("r.json", "mine");
    expectExit(await site.run(["docs/*.md"], ...choices), 2);
  });

  test.skipIf(process.platform === "win32")(
    "are not led astray by the name of a page",
    async () => {
      const name = "a\n::error::injected\n<b> | # \x1b[31m.md";
      const site = makeSite({ [name]: sqlPage("Dune", "Duna"), "b.md": "# B\n" });
      const [summary, xml, tap] = ["s.txt", "r.xml", "r.tap"].map(site.path);
      const environment = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary };
      const reports = ["terminal", `junit=${xml}`, `tap=${tap}`];
      const choices = reports.flatMap((one) => ["--reporter", one]);
      const { stdout } = await site.runWith(environment, ["*.md"], ...choices);
      expect(stdout).toMatch(/✗ \S*a \\?::error::injected/);
      expect(stdout).not.toMatch(/^\s*::error::injected/m);
      expect(stdout).not.toContain("\x1b");
      XmlDocument.fromString(site.read("r.xml"));
      expect(site.read("r.tap")).toMatch(/^1\.\.2$/m);
      const { stdout: list } = await site.runWith(environment, ["*.md"], "--list");
      expect(list).not.toMatch(/^\s*::error::injected/m);
      expect(list).not.toContain("\x1b");
    },
  );

  test("annotate on GitHub, with one summary", async () => {
    const site = mixedSite();
    const environment = {
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: site.path("summary.md"),
      GITHUB_WORKSPACE: site.directory,
    };
    const { stdout } = await site.runWith(environment, ["docs/*.md", "docs/broken.md"]);
    expect(stdout).toMatch(/^::error file=docs\/wrong\.md,line=15,title=02-sql%3A drift::/m);
    expect(stdout).toMatch(/^::error title=\S*docs\/broken\.md::/m);
    expect(stdout.match(/^::error /gm)).toHaveLength(2);
    const summary = site.read("summary.md");
    expect(summary.match(/^## /gm)).toHaveLength(2); // all guides, and the one that failed
    expect(summary).toMatch(/\| .*wrong.* \| ❌ failed \| 1 of 2 \|/);
    expect(summary).toMatch(/\| .*prose.* \| ➖ nothing \| 0 of 0 \|/);
  });
});
