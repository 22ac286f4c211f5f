import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { parse } from "yaml";
import { sqlPage } from "../many/site.ts";
import { readOutputs, useAction } from "../support/action.ts";
import { makeDirectory } from "../support/files.ts";
import { expectExit, sharedProject } from "../support/project.ts";

const root = join(import.meta.dirname, "../..");
const workflows = join(root, ".github/workflows");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The step of the example in docs/ci.md that uses the action. */
function example(): { uses: string; with: Record<string, string> } {
  const page = readFileSync(join(root, "docs/ci.md"), "utf8");
  const [, yaml = ""] =
    /Another repository verifies[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  return parse(yaml).find(({ uses = "" }) => uses.includes("neon-typescript-guide"));
}

/** As a re-run of some jobs finds the reports of an earlier one. */
test("in the documented matrix, a re-run replaces its report, and the sum fails where a part did", () => {
  const [, yaml = ""] =
    /## A matrix of pages[\s\S]*?```yaml\n([\s\S]*?)```/.exec(
      readFileSync(join(root, "docs/ci.md"), "utf8"),
    ) ?? [];
  const { pages, merge } = parse(yaml).jobs;
  expect(pages.steps.at(-1)).toMatchObject({ if: "always()", with: { overwrite: true } });
  expect(merge).toMatchObject({ needs: "pages", if: "always()" });
  expect(merge.steps.at(-1)).toEqual({ if: "needs.pages.result != 'success'", run: "exit 1" });
});

/** Another repository, with a guide in docs/ whose steps import the package. */
async function otherRepository() {
  const directory = makeDirectory("repository");
  expectExit(await sharedProject().guide(["new", "guide", join(directory, "docs")]), 0);
  return directory;
}

test("the documented example verifies a guide in another repository, and says where one fails", async () => {
  const { uses, with: inputs } = example();
  expect(uses).toBe(`OWNER/neon-typescript-guide@v${version.split(".")[0]}`);
  const given = { ...inputs, "database-url": inject("databaseUrl") };
  const repository = await otherRepository();
  const place = join(repository, "action #1%20");
  symlinkSync(root, place, "junction");

  const good = await useAction(place, repository, given);
  expect(good.code, good.log).toBe(0);
  expect(good.log).toContain("All 2 outputs are verified with 2 clients");
  const report = join(repository, ".runner", "guide-report.json");
  expect(good.outputs).toEqual({ verified: "true", failed: "0", report });
  expect(readFileSync(join(repository, "report.xml"), "utf8")).toContain("<testsuites");

  writeFileSync(join(repository, "docs/expected/02-read.txt"), "1: first\n2: other\n");
  // A second use in a job leaves the report of the first one.
  const bad = await useAction(place, repository, given);
  expect(bad.code).toBe(1);
  expect(bad.log).toMatch(
    /^::error file=docs\/expected\/02-read\.txt,line=2,title=02-read%3A drift::/m,
  );
  expect(bad.summary).toMatch(/```diff\n@@ .*\n 1: first\n-2: other\n\+2: second\n```/);
  const second = join(repository, ".runner", "guide-report-2.json");
  expect(bad.outputs).toEqual({ verified: "false", failed: "1", report: second });
  const verifiedIn = (file: string) => JSON.parse(readFileSync(file, "utf8")).summary.verified;
  expect([report, second].map(verifiedIn)).toEqual([true, false]);

  // It hands on all of its arguments, and says so where nothing could be run.
  const words = "\n  --driver\n\n  pg\n  --step 1\n";
  const one = await useAction(place, repository, { ...given, arguments: words });
  expect(one.code, one.log).toBe(0);
  expect(one.log).toContain("The output is verified with 1 client");
  expect(one.outputs).toMatchObject({ verified: "false", failed: "0" });

  const own = join(repository, "docs/steps/guide.json");
  const before = readFileSync(own, "utf8");
  const kept = await useAction(place, repository, { ...given, json: own });
  expect(kept.code).toBe(2);
  expect(kept.outputs).toEqual({ verified: "false", failed: "1", report: "" });
  expect(readFileSync(own, "utf8")).toBe(before);

  const none = await useAction(place, repository, { guide: "no-such-guide" });
  expect(none.code).toBe(2);
  expect(none.outputs).toMatchObject({ verified: "false", failed: "1" });
  expect(none.log).toMatch(/^::error title=guide::/m);
  const unset = await useAction(place, repository, { guide: "docs", "require-url": "true" });
  expect(unset.code).toBe(3);
  expect(unset.log).toMatch(/^::error title=guide::DATABASE_URL is not set/m);
  mkdirSync(join(repository, "docs/standalone/none"), { recursive: true });
  const runtime = { run: ["no-such-program"], check: [], needs: "a program", install: "none" };
  const folder = join(repository, "docs/standalone/none");
  writeFileSync(join(folder, "standalone.json"), JSON.stringify(runtime));
  for (const name of readdirSync(join(repository, "docs/steps"))) {
    if (name.endsWith(".ts")) writeFileSync(join(folder, name.replace(".ts", ".sh")), "exit\n");
  }
  const clients = { ...given, standalone: "true", "require-clients": "true" };
  const missing = await useAction(place, repository, clients);
  expect(missing.code).toBe(2);
  expect(missing.log).toMatch(/^::error title=guide::standalone\/none cannot run here/m);
  rmSync(folder, { recursive: true });
  const wrong = inject("databaseUrl").replace("reader-secret", "another-secret");
  const refused = await useAction(place, repository, { ...given, "database-url": wrong });
  expect(refused.code).toBe(3);
  expect(refused.outputs).toMatchObject({ verified: "false", failed: "1" });
  expect(refused.log).toMatch(/^::error title=guide::.*password/m);
});

test("it refuses what would leave something out without a word", async () => {
  const repository = await otherRepository();
  const given = { guide: "docs", "database-url": inject("databaseUrl"), arguments: "--driver pg" };
  const refusals = [
    [{ standalone: "yes" }, 'standalone: "yes" is neither true nor false.'],
    [{ "require-url": "1" }, 'require-url: "1" is neither true nor false.'],
    [{ "require-clients": "" }, 'require-clients: "" is neither true nor false.'],
    [{ guide: "\n" }, "guide: is empty. Name the guide's directory, or a page."],
  ] as const;
  for (const [wrong, message] of refusals) {
    const { code, log, outputs } = await useAction(root, repository, { ...given, ...wrong });
    expect([code, log, outputs]).toEqual([
      2,
      `::error title=guide::${message}\n`,
      { verified: "false", failed: "1", report: "" },
    ]);
  }
  const booleans = { standalone: "FALSE", "require-url": "True" };
  const words = { guide: "", arguments: "--driver pg --guide docs" };
  const good = await useAction(root, repository, { ...given, ...booleans, ...words });
  expect(good.code, good.log).toBe(0);
  // In this project's own workflows, its guide needs no name.
  const job = { RUNNER_TEMP: repository };
  const own = await useAction(`${root}/.`, root, { arguments: "--step no-such-step" }, job);
  expect(own.log).toContain("no-such-step");
});

test("without a connection string, it uses the one of the job", async () => {
  const repository = await otherRepository();
  const given = { guide: "docs", "require-url": "true", arguments: "--driver pg" };
  const job = { DATABASE_URL: inject("databaseUrl") };
  const { code, log } = await useAction(root, repository, given, job);
  expect(code, log).toBe(0);
});

test("it verifies several pages, and says how many outputs are wrong", async () => {
  const repository = makeDirectory("pages");
  mkdirSync(join(repository, "docs"));
  writeFileSync(join(repository, "docs/good.md"), sqlPage("Dune"));
  writeFileSync(join(repository, "docs/wrong.md"), sqlPage("Emma", "Anna"));
  writeFileSync(join(repository, "prose.md"), "# Nothing to verify\n");
  const inputs = { guide: "docs/*.md\n*.md", sarif: "r.sarif", junit: "r.xml", json: "r.json" };
  const given = { ...inputs, "database-url": inject("databaseUrl") };
  const { code, log, outputs, summary } = await useAction(root, repository, given);
  expect(code, log).toBe(1);
  expect(JSON.parse(readFileSync(join(repository, "r.json"), "utf8")).version).toBe(1);
  expect(log).toContain("Not verified: 3 of 4 documented outputs of 3 guides");
  expect(log).toMatch(/^::error file=docs\/wrong\.md,line=15,/m);
  expect(outputs).toMatchObject({ verified: "false", failed: "1" });
  expect(summary).toContain("❌ failed");
  const { runs } = JSON.parse(readFileSync(join(repository, "r.sarif"), "utf8"));
  expect(runs[0].results).toHaveLength(1);
});

const whole = { verified: true, runs: 3, documented: 2, verdicts: { match: 2, unverified: 1 } };
test.each([
  ["a whole one", JSON.stringify({ summary: whole }), "0", "true", "0"],
  ["of a run that failed", JSON.stringify({ summary: whole }), "1", "false", "1"],
  ["not all compared", JSON.stringify({ summary: { ...whole, documented: 3 } }), "0", "false", "0"],
  ["an empty one", "", "0", "false", "1"],
  ["the beginning of one", '{ "summary": { "verified": true, "ru', "0", "false", "1"],
])("its outputs are what the report says: %s", (_, text, exitCode, verified, failed) => {
  const directory = makeDirectory("report");
  const hasLines = process.platform !== "win32";
  const report = join(directory, hasLines ? "report\nverified=maybe\nreport=x" : "report.json");
  writeFileSync(report, text);
  const script = join(root, "tools/packaging/action-outputs.mjs");
  const printed = execFileSync(process.execPath, [script, report, exitCode], { encoding: "utf8" });
  const isRead = text.endsWith("}");
  expect(Object.fromEntries(readOutputs(printed))).toEqual({
    verified,
    failed,
    report: isRead ? report : "",
  });
});

test("each action is pinned, and each job has a time limit", () => {
  const files = [join(root, "action.yml")];
  for (const name of readdirSync(workflows)) files.push(join(workflows, name));
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    for (const [, uses] of text.matchAll(/uses: (?!\.\/)(.*)/g)) {
      expect(uses, file).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
    const { on, jobs = {}, concurrency } = parse(text);
    for (const job of Object.values(jobs)) expect(job).toHaveProperty("timeout-minutes");
    if (on)
      expect([on, concurrency], file).toEqual([
        expect.objectContaining({ workflow_dispatch: null }),
        expect.anything(),
      ]);
  }
});
