import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openBaseline } from "../../runner/many/baseline.ts";
import { expectRefused, expectReport, runNode } from "../support/command.ts";
import { sharedCache } from "../support/programs.ts";
import { expectExit, given, sharedProject } from "../support/project.ts";
import { makeSite, mixedSite, type Site, sqlPage } from "./site.ts";

const names = Array.from({ length: 12 }, (_, index) => `docs/p${index}.md`);
const pages = Object.fromEntries(names.map((name) => [name, sqlPage("Dune")]));

/** The guides of a JSON report, without the path of the site. */
function guidesIn(site: Site, file: string): string[] {
  const { guides } = JSON.parse(site.read(file));
  return guides.map(({ name }: { name: string }) => name.replace(/.*\/docs/, "docs"));
}

const withoutTime = (text: string) => text.replace(/in \d+\.\d s/, "in a while");

describe("--shard", () => {
  test("splits by name: together the parts are the whole, and merge gives its summary", async () => {
    const site = makeSite({
      ...pages,
      "docs/wrong.md": sqlPage("Emma", "Anna"),
      "docs/none.md": "# None\n",
    });
    const report = (name: string) => ["--reporter", `json=${site.path(name)}`];
    const whole = await site.run(["docs/*.md"], ...report("whole.json"), "--reporter", "terminal");
    expectExit(whole, 1);
    const parts = ["1.json", "2.json", "3.json"];
    for (const [index, part] of parts.entries()) {
      await site.run(["docs/*.md"], "--shard", `${index + 1}/3`, ...report(part));
    }
    const found = parts.map((part) => guidesIn(site, part));
    expect(found.flat().sort()).toEqual(guidesIn(site, "whole.json").sort());
    expect(found.every((part) => part.length > 0)).toBe(true);

    const merged = await sharedProject().guide(["merge", ...parts.map(site.path)]);
    expectExit(merged, 1);
    const summary = whole.stdout.slice(whole.stdout.lastIndexOf("\nNot verified:"));
    expect(withoutTime(merged.stdout)).toBe(withoutTime(summary));

    // A page more does not move the others.
    site.write("docs/a-new-one.md", sqlPage("Dune"));
    await site.run(["docs/*.md"], "--shard", "2/3", ...report("again.json"));
    const again = guidesIn(site, "again.json").filter((name) => name !== "docs/a-new-one.md");
    expect(again).toEqual(found[1]);
  });

  test("may have nothing to do", async () => {
    const site = makeSite({ "docs/p0.md": sqlPage("Dune") });
    const ended = ["1/2", "2/2"].map((shard) => site.run(["docs/*.md"], "--shard", shard));
    const results = await Promise.all(ended);
    for (const result of results) expectExit(result, 0);
    expect(results.map(({ stdout }) => stdout).join()).toContain("Guides: nothing to run.");
  });
});

describe("merge", () => {
  test("takes reports of single guides, too", async () => {
    const site = makeSite({ "a.md": sqlPage("Dune"), "b.md": sqlPage("Emma", "Anna") });
    for (const name of ["a", "b"]) {
      await site.run([`${name}.md`], "--reporter", `json=${site.path(name)}.json`);
    }
    const green = await sharedProject().guide(["merge", site.path("a.json")]);
    expectExit(green, 0);
    const both = await sharedProject().guide(["merge", site.path("a.json"), site.path("b.json")]);
    expectExit(both, 1);
    expect(both.stdout).toContain("Not verified: 3 of 4 documented outputs of 2 guides");
    const summary = site.path("summary.md");
    const onGithub = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary };
    await sharedProject().guide(["merge", site.path("a.json")], onGithub);
    expect(site.read("summary.md")).toMatch(/\| \S*a&#46;md \| ✅ verified \| 2 of 2 \|/);
  });

  test("refuses to count a guide twice that is in two reports", async () => {
    const site = makeSite({ "a.md": sqlPage("Dune"), "b.md": sqlPage("Dune") });
    const report = (name: string) => ["--reporter", `json=${site.path(name)}`];
    await site.run(["a.md"], ...report("a.json"));
    await site.run(["b.md"], ...report("b.json"));
    await site.run(["*.md"], ...report("all.json"));
    const merge = (...names: string[]) =>
      sharedProject().guide(["merge", ...names.map((name) => site.path(name))]);
    await expectReport(merge("a.json", "b.json"), 0, "Verified: 4 of 4 documented outputs of 2");
    site.write("again.json", site.read("a.json"));
    for (const names of [
      ["b.json", "a.json", "again.json"],
      ["a.json", "all.json"],
    ]) {
      const message = /a\.md is in both \S*\/a\.json and \S*\/(again|all)\.json,/;
      await expectRefused(merge(...names), message);
    }
  });

  const whole = { version: 1, shard: "1/2", guides: [], failure: null };
  const summary = {
    ...{ verified: true, runs: 0, documented: 0, clients: 0, updated: [], duration: 1 },
    verdicts: {
      ...{ match: 0, unverified: 0, drift: 0, divergence: 0, error: 0, missing: 0, skipped: 0 },
    },
  };
  test.each([
    ["no JSON", "nothing", "r.json is not a JSON report of this runner: it is not JSON."],
    ["something else", "{}", "r.json is not a JSON report of this runner: its version is not 1."],
    [
      "no verdicts",
      JSON.stringify({ ...whole, summary: {} }),
      "is not a JSON report of this runner: verdicts is not an object.",
    ],
    [
      "one part of two",
      JSON.stringify({ ...whole, summary }),
      "The report of --shard 2/2 is missing.",
    ],
    [
      "a guide that is verified without its runs",
      JSON.stringify({ ...{ version: 1, guide: "A", failure: null, runs: [] }, summary }),
      "is not a JSON report of this runner: it says verified, but its runs do not.",
    ],
    [
      "a guide of several that is verified by a run which is not",
      JSON.stringify({
        ...{ ...whole, shard: null, summary },
        guides: [
          {
            ...{
              name: "a.md",
              state: "verified",
              exitCode: 0,
              known: 0,
              reasons: {},
              failure: null,
            },
            ...{ summary, runs: [{ verdict: "match" }, { verdict: "drift" }] },
          },
        ],
      }),
      "is not a JSON report of this runner: it says verified, but its runs do not.",
    ],
  ])("refuses %s", async (_, text, message) => {
    const site = makeSite({ "r.json": text });
    await expectRefused(sharedProject().guide(["merge", site.path("r.json")]), message);
  });

  test("is not verified by a report that did not end", async () => {
    const failure = "The run did not end.";
    const site = makeSite({
      "r.json": JSON.stringify({ ...whole, shard: null, summary, failure }),
    });
    const result = await sharedProject().guide(["merge", site.path("r.json")]);
    await expectReport(result, 1, "Not verified");
    expect(result.stdout).toContain(`r.json  ${failure}`);
  });
});

describe("--baseline", () => {
  const known = () => mixedSite();

  test("begins with what fails, and only fails for what is new", async () => {
    const site = known();
    const baseline = ["--baseline", site.path("known.json")];
    const reports = ["--reporter", `junit=${site.path("r.xml")}`, "--reporter", "tap"];
    const first = await site.run(["docs/*.md", "docs/broken.md"], ...baseline);
    expectExit(first, 0);
    expect(first.stderr).toContain("Wrote ");
    const text = site.read("known.json");
    expect(JSON.parse(text).failures).toHaveLength(2);

    // Lines that move change nothing.
    site.edit("docs/wrong.md", "# About Emma", "# About Emma\n\nMore text.\n");
    const second = await site.run(["docs/*.md", "docs/broken.md"], ...baseline);
    expectExit(second, 0);
    expect(second.stdout).toMatch(
      /~ \S*docs\/wrong\.md {2}1 of 2 outputs verified, 1 known failure/,
    );
    expect(second.stdout).toContain("2 as in the baseline");
    expect(site.read("known.json")).toBe(text);

    // Reports for programs do not fail for it, either.
    const told = await site.run(["docs/*.md", "docs/broken.md"], ...baseline, ...reports);
    expect(told.stdout).not.toMatch(/^\s*not ok/m);
    expect(site.read("r.xml")).toMatch(/<testsuites .* failures="0" errors="0"/);

    // Another failure on the same page is new.
    site.edit("docs/wrong.md", " Emma\n(1 row)", " Otto\n(1 row)");
    const third = await site.run(["docs/*.md", "docs/broken.md"], ...baseline);
    await expectReport(third, 1, "Otto");
    expect(third.stdout).not.toContain("Anna");
    expect(site.read("known.json")).toBe(text);
  });

  test("loses what no longer fails, but not in CI, and not what was left out", async () => {
    const site = known();
    site.write("docs/other.md", sqlPage("Dune", "Duna"));
    const baseline = ["--baseline", site.path("known.json")];
    expectExit(await site.run(["docs/*.md"], ...baseline), 0);
    const text = site.read("known.json");
    site.write("docs/wrong.md", sqlPage("Emma"));

    const inCi = await site.runWith({ CI: "true" }, ["docs/*.md"], ...baseline);
    expectExit(inCi, 0);
    expect(inCi.stderr).toContain("1 known failure is gone.");
    expect(site.read("known.json")).toBe(text);

    expectExit(await site.run(["docs/wrong.md"], ...baseline), 0);
    const [only, ...others] = JSON.parse(site.read("known.json")).failures;
    expect(only.guide).toMatch(/docs\/other\.md$/);
    expect(others).toEqual([]);

    site.write("docs/wrong.md", sqlPage("Emma", "Anna")); // it came back: that is new
    expectExit(await site.run(["docs/*.md"], ...baseline), 1);
  });

  test.each([
    ["in CI", { CI: "true" }, [], "CI only reads it"],
    ["for a part", {}, ["--shard", "1/2"], "it must cover all guides"],
  ])("does not begin %s", async (_, environment, choices, message) => {
    const site = known();
    const baseline = ["--baseline", site.path("known.json")];
    await expectRefused(site.runWith(environment, ["docs/*.md"], ...baseline, ...choices), message);
  });

  test("keeps what was not run to its end", async () => {
    const site = makeSite({ "a.md": sqlPage("Emma", "Anna"), "z.md": sqlPage("Dune", "Duna") });
    const baseline = ["--baseline", site.path("known.json")];
    expectExit(await site.run(["*.md"], ...baseline), 0);
    const text = site.read("known.json");
    site.edit("a.md", " Emma\n(1 row)", " Otto\n(1 row)");
    expectExit(await site.run(["*.md"], ...baseline, "--bail", "--jobs", "1"), 1);
    expect(site.read("known.json")).toBe(text);
    site.edit("z.md", "# About", "<!-- guide: what -->\n\n# About");
    expectExit(await site.run(["*.md"], ...baseline), 1);
    expect(site.read("known.json")).toBe(text);
  });

  test("tells blocks that are the same apart, and reasons why a page cannot be read", async () => {
    const fence = "```";
    const block = `${fence}sql\nSELECT count(*) FROM t;\n${fence}\n\n${fence}\n count\n-------\n     1\n(1 row)\n${fence}\n`;
    const page = (before: string, between: string) =>
      `${fence}sql\nCREATE TABLE t (id int);\n${before}\n${fence}\n\n${block}\n${fence}sql\n${between}\n${fence}\n\n${block}`;
    const site = makeSite({
      "a.md": page("INSERT INTO t VALUES (1);", "INSERT INTO t VALUES (2);"),
      "b.md": `<!-- guide: what -->\n\n${block}`,
    });
    const baseline = ["--baseline", site.path("known.json")];
    expectExit(await site.run(["*.md"], ...baseline), 0);
    expectExit(await site.run(["*.md"], ...baseline), 0);
    site.write("b.md", `<!-- guide: exit nothing -->\n\n${block}`);
    await expectReport(site.run(["*.md"], ...baseline), 2, "An exit code is a number");
    site.write("a.md", page("INSERT INTO t VALUES (1), (2);", "DELETE FROM t WHERE id = 2;"));
    expectExit(await site.run(["a.md"], ...baseline), 1);
  });

  test("knows a guide that could not be run by all that its message says, but not by lines", async () => {
    const fault = (text: string) => `/*\n# A step\n*/\n${text}\n`;
    const site = makeSite({
      "package.json": '{ "type": "module" }',
      "a.md": sqlPage("Dune"),
      "b/steps/guide.json": '{ "title": "B", "runs": ["01-a"], "drivers": ["pg"] }',
      "b/steps/01-a.ts": fault("const a = ;"),
      "b/expected/01-a.txt": "a\n",
    });
    const run = () => site.run(["a.md", "b"], "--baseline", site.path("known.json"));
    expectExit(await run(), 0);
    site.write("b/steps/01-a.ts", fault("\n\nconst a = ;"));
    await expectReport(run(), 0, "1 as in the baseline");
    site.write("b/steps/01-a.ts", fault('import "./nope.ts";'));
    await expectReport(run(), 2, "nope.ts");
    const { failures } = JSON.parse(site.read("known.json"));
    expect(failures[0].what).toMatch(/b\/steps\/01-a\.ts, line 4: Unexpected ";"/);
  });

  test.skipIf(process.platform === "win32")("that never ends is refused", async () => {
    const result = await known().run(["docs/*.md"], "--baseline", "/dev/zero");
    expectExit(result, 2);
    expect(result.stderr).toContain("/dev/zero cannot be read. It must be a file");
  });

  test("names guides by where it is, wherever the command is typed", async () => {
    const site = known();
    const baseline = ["--baseline", site.path("known.json")];
    expectExit(await site.run(["docs/*.md"], ...baseline), 0);
    const [{ guide }] = JSON.parse(site.read("known.json")).failures;
    expect(guide).toBe("docs/wrong.md");
    const text = site.read("known.json");
    const inDocs = () => {
      const change = `data:text/javascript,process.chdir(${JSON.stringify(site.path("docs"))})`;
      const start = ["--import", import.meta.resolve("tsx"), "--import", encodeURI(change)];
      const runner = join(sharedProject().directory, "run-guide.ts");
      const environment = { ...given, XDG_CACHE_HOME: sharedCache() };
      return runNode([...start, runner, "--guide", "*.md", ...baseline], environment);
    };
    expectExit(await inDocs(), 0);
    expect(site.read("known.json")).toBe(text);
  });

  test("keeps what people wrote into it, and what was not looked for", async () => {
    const site = known();
    site.write("docs/other.md", sqlPage("Dune", "Duna"));
    const baseline = ["--baseline", site.path("known.json")];
    expectExit(await site.run(["docs/*.md"], ...baseline), 0);
    const made = JSON.parse(site.read("known.json"));
    const failures = made.failures.map((one: object) => ({ ...one, issue: 7 }));
    site.write("known.json", JSON.stringify({ owner: "me", ...made, failures }));
    site.write("docs/wrong.md", sqlPage("Emma"));
    const before = site.read("known.json");
    for (const choices of [["--strict"], ["--driver", "pg"]]) {
      await site.run(["docs/*.md"], ...baseline, ...choices);
      expect(site.read("known.json")).toBe(before);
    }
    expectExit(await site.run(["docs/*.md"], ...baseline), 0);
    const now = JSON.parse(site.read("known.json"));
    expect(now).toEqual({ ...made, owner: "me", failures: [failures[0]] });
  });

  test("is not written among a guide's own files", async () => {
    const file = join(sharedProject().directory, "steps/known.json");
    const result = await known().run(["docs/*.md"], "--baseline", file);
    expectExit(result, 2);
    expect(result.stderr).toContain("Write the baseline elsewhere.");
  });

  test("that was edited meanwhile is not replaced", async () => {
    const site = known();
    const file = site.path("known.json");
    expectExit(await site.run(["docs/*.md"], "--baseline", file), 0);
    const use = { isCi: false, isWhole: true, options: "" };
    const [{ guide, clients }] = JSON.parse(site.read("known.json")).failures;
    site.write("known.json", site.read("known.json").replace(JSON.stringify(clients), "[]"));
    const opened = openBaseline(file, use);
    site.edit("known.json", "version", 'owner": 1, "version');
    const edited = site.read("known.json");
    expect(() => opened.save([site.path(guide)])).toThrow("changed while the guides ran");
    expect(site.read("known.json")).toBe(edited);
  });

  test("excuses no failure of another kind than the known one", async () => {
    const site = makeSite({
      "docs/right.md": sqlPage("Dune"),
      "docs/new.md": "# A\n\n```sql\nSELECT missing AS n;\n```\n\n```\n n\n---\n 1\n(1 row)\n```\n",
    });
    const run = () => site.run(["docs/*.md"], "--baseline", site.path("known.json"));
    expectExit(await run(), 0);
    expectExit(await run(), 0);
    const text = site.read("known.json");
    expect(text).toContain('"verdict":"error"');
    site.write("known.json", text.replace('"verdict":"error"', '"verdict":"skipped"'));
    expectExit(await run(), 1);
    expect(JSON.parse(site.read("known.json")).failures).toHaveLength(1);
  });

  test("that someone made meanwhile is not replaced", () => {
    const file = makeSite({}).path("known.json");
    const known = openBaseline(file, { isCi: false, isWhole: true, options: "" });
    writeFileSync(file, "mine");
    expect(() => known.save([])).toThrow("was made while the guides ran, and is not replaced.");
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  test("that is another file is refused, and stays", async () => {
    const site = known();
    site.write("known.json", '{ "mine": true }');
    const result = await site.run(["docs/*.md"], "--baseline", site.path("known.json"));
    expectExit(result, 2);
    expect(site.read("known.json")).toBe('{ "mine": true }');
  });
});

describe("--only-changed", () => {
  function makeRepository() {
    const site = makeSite({
      "docs/a.md": sqlPage("Dune"),
      "docs/b.md": sqlPage("Emma"),
      "docs/set/c.md": sqlPage("Dune"),
      "docs/set/d.md": sqlPage("Dune"),
      "docs/set/guide-pages.json": '{ "setup": "../../sql/schema.sql" }',
      "sql/schema.sql": "CREATE TABLE other (id int);\n",
      "notes.txt": "No page depends on this.\n",
    });
    return { ...site, git: commit(site) };
  }
  const changed = async (site: Site, ref = "main") => {
    const report = ["--reporter", `json=${site.path("r.json")}`];
    const result = await site.run(["docs/**/*.md"], "--only-changed", ref, ...report);
    return { ...result, guides: result.code === 2 ? [] : guidesIn(site, "r.json") };
  };

  test("runs the pages that changed, committed or not, and new ones", async () => {
    const site = makeRepository();
    expect(await changed(site)).toMatchObject({ code: 0, guides: [] });
    site.edit("docs/b.md", "# About", "# All about");
    site.git("checkout", "-q", "-b", "work");
    site.git("commit", "-q", "-a", "-m", "Change");
    site.write("docs/new.md", sqlPage("Dune"));
    site.edit("notes.txt", "No page", "Not one page");
    expect(await changed(site)).toMatchObject({ code: 0, guides: ["docs/b.md", "docs/new.md"] });
    expect((await changed(site, "HEAD")).guides).toEqual(["docs/new.md"]);
  });

  test.each([
    ["what sets them up", "sql/schema.sql", "other", "another"],
    ["the settings of their folder", "docs/set/guide-pages.json", "{ ", "{  "],
  ])("runs the pages for which %s changed", async (_, file, from, to) => {
    const site = makeRepository();
    site.edit(file, from, to);
    expect((await changed(site)).guides).toEqual(["docs/set/c.md", "docs/set/d.md"]);
  });

  test.skipIf(process.platform === "win32")(
    "runs a page that is a link elsewhere now",
    async () => {
      const site = makeRepository();
      symlinkSync("../docs/a.md", site.path("docs/link.md"));
      site.git("add", ".");
      site.git("commit", "-q", "-m", "Link");
      expect((await changed(site)).guides).toEqual([]);
      site.remove("docs/link.md");
      symlinkSync("../docs/b.md", site.path("docs/link.md"));
      expect((await changed(site)).guides).toEqual(["docs/link.md"]);
    },
  );

  const guide = {
    "package.json": '{ "type": "module" }',
    "en/steps/guide.json": '{ "title": "A", "runs": ["01-a"], "drivers": ["pg"] }',
    "en/steps/01-a.ts": '/*\n# A step\n*/\nimport "../data/lines.ts";\n',
    "en/data/lines.ts": 'console.log("one");\n',
    "en/expected/01-a.txt": "one\n",
  };
  function commit(site: Site) {
    const author = [
      "-c",
      "user.name=n",
      "-c",
      "user.email=e@e",
      "-c",
      "protocol.file.allow=always",
    ];
    const git = (...words: string[]) =>
      execFileSync("git", [...author, ...words], { cwd: site.directory, stdio: "pipe" });
    git("init", "-q", "-b", "main");
    git("add", ".");
    git("commit", "-q", "-m", "Begin");
    return git;
  }
  const runGuide = (site: Site, name: string, ref = "main") =>
    site.run([name], "--only-changed", ref);

  test.skipIf(process.platform === "win32")(
    "runs a guide whose steps, or what they read, are links to what changed",
    async () => {
      const site = makeSite({ ...guide, "de/expected/01-a.txt": "one\n", "other.txt": "1" });
      symlinkSync("../en/steps", site.path("de/steps"));
      symlinkSync("../en/data", site.path("de/data"));
      symlinkSync(".", site.path("de/self"));
      commit(site);
      await expectReport(runGuide(site, "en"), 0, "nothing to run");
      site.write("other.txt", "2");
      await expectReport(runGuide(site, "de"), 0, "nothing to run");
      site.edit("en/data/lines.ts", "one", "two");
      await expectReport(runGuide(site, "de"), 1, "1 drift");
      site.edit("en/data/lines.ts", "two", "one");
      site.edit("en/steps/01-a.ts", "*/", "*/\nconsole.log('and');");
      await expectReport(runGuide(site, "de"), 1, "1 drift");
    },
  );

  test("asks the repository that the run is in about a guide in a submodule", async () => {
    const inner = makeSite(guide);
    const gitInner = commit(inner);
    const site = makeSite({ "README.md": "# Nothing\n" });
    const git = commit(site);
    git("submodule", "--quiet", "add", inner.directory, "docs");
    git("commit", "-q", "-m", "Add");
    const run = () => runGuide(site, "docs/en");
    await expectReport(run(), 0, "nothing to run");

    // Someone else's broken commit is on main of the submodule.
    inner.edit("en/data/lines.ts", "one", "two");
    gitInner("commit", "-q", "-a", "-m", "Break");
    git("checkout", "-q", "-b", "work");
    git("submodule", "--quiet", "update", "--remote");
    await expectReport(run(), 1, "1 drift");
    git("commit", "-q", "-a", "-m", "Bump");
    await expectReport(run(), 1, "1 drift");
    expectExit(await runGuide(site, "docs/en", "work"), 0);
  });

  test("does not fail for a part of which nothing can be verified; nor does the sum of such parts", async () => {
    const site = makeRepository();
    const random = "```sql\nSELECT random();\n```\n\n```\n random\n--------\n 0.5\n(1 row)\n```\n";
    site.write("docs/new.md", random);
    expect(await changed(site)).toMatchObject({ code: 0, guides: ["docs/new.md"] });
    expectExit(await sharedProject().guide(["merge", site.path("r.json")]), 0);
    site.write("docs/new.md", "# Prose\n");
    expect(await changed(site)).toMatchObject({ code: 0, guides: ["docs/new.md"] });
    expectExit(await sharedProject().guide(["merge", site.path("r.json")]), 0);
  });

  test("runs a page whose setup is gone", async () => {
    const site = makeRepository();
    site.git("mv", "sql/schema.sql", "sql/init.sql");
    site.git("commit", "-q", "-m", "Rename");
    const report = await site.run(["docs/**/*.md"], "--only-changed", "main~1");
    expect(report.code).toBe(2);
    expect(report.stdout + report.stderr).toContain("There is no file");
  });

  test("runs what git ignores, and cannot compare", async () => {
    const site = makeRepository();
    site.write(".gitignore", "built/\nschema.sql\n");
    site.git("add", ".");
    site.git("rm", "-q", "--cached", "sql/schema.sql");
    site.git("commit", "-q", "-m", "Ignore");
    site.write("docs/built/e.md", sqlPage("Dune"));
    site.write("docs/built/deep/f.md", sqlPage("Dune"));
    const ignored = ["docs/built/deep/f.md", "docs/built/e.md", "docs/set/c.md", "docs/set/d.md"];
    expect((await changed(site)).guides).toEqual(ignored);
  });

  test("runs what git ignores in a submodule", async () => {
    const inner = makeSite({ "a.md": sqlPage("Dune"), ".gitignore": "built/\n" });
    commit(inner);
    const site = makeSite({ "README.md": "# Nothing\n" });
    const git = commit(site);
    git("submodule", "--quiet", "add", inner.directory, "docs");
    git("commit", "-q", "-m", "Add");
    site.write("docs/built/e.md", sqlPage("Emma"));
    const result = await site.run(["docs/**/*.md"], "--only-changed", "main");
    await expectReport(result, 0, "Verified: 2 of 2 documented outputs of 1 guide");
  });

  test("says what git says, such as of a submodule that was copied without its repository", async () => {
    const site = makeSite({
      "docs/a.md": sqlPage("Dune"),
      ".git": "gitdir: ../.git/modules/docs\n",
    });
    await expectRefused(
      changed(site),
      /--only-changed: git says: not a git repository: .*modules\/docs/,
    );
  });

  test("refuses a commit that is not there, and pages outside of a repository", async () => {
    const site = makeRepository();
    for (const ref of ["nonsense", "--output=x"]) {
      await expectRefused(changed(site, ref), "git does not know this commit");
    }
    const nowhere = { PATH: "/nowhere", Path: "/nowhere" };
    const words = ["--guide", site.path("docs/a.md"), "--only-changed", "main"];
    const without = await sharedProject().guide(words, nowhere);
    expectExit(without, 2);
    expect(without.stderr).toContain("--only-changed needs git, which is not installed here.");
    await expectRefused(changed(makeSite({ "docs/a.md": sqlPage("Dune") })), "is in no repository");
  });
});
