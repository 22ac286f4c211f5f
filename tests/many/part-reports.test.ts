import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { useAction } from "../support/action.ts";
import { root } from "../support/programs.ts";
import { expectExit, given, sharedProject } from "../support/project.ts";
import { makeSite, type Site, sqlPage } from "./site.ts";

const merge = (site: Site, ...names: string[]) =>
  sharedProject().guide(["merge", ...names.map(site.path)]);

function withGit(pages: Readonly<Record<string, string>>): Site {
  const site = makeSite(pages);
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=n", "-c", "user.email=e@e", ...words], {
      ...{ cwd: site.directory, stdio: "pipe" },
    });
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", "Begin");
  return site;
}

/** Which part of two has no page, where there is only this one. */
async function emptyPart(site: Site): Promise<string> {
  const { stdout } = await site.run(["*.md"], "--shard", "1/2", "--list");
  return stdout === "" ? "1/2" : "2/2";
}

test.each([
  ["a part", (site: Site) => emptyPart(site).then((part) => ["--shard", part])],
  ["what changed", async () => ["--only-changed", "main"]],
])(
  "where nothing is in %s, the run passes, and no report says that it is verified",
  async (_, choose) => {
    const site = withGit({ "a.md": sqlPage("Dune") });
    const choices = await choose(site);
    const files = {
      json: "r.json",
      junit: "r.xml",
      tap: "r.tap",
      terminal: "r.txt",
      sarif: "r.sarif",
    };
    const reports = Object.entries(files).flatMap(([name, file]) => [
      ...["--reporter", `${name}=${site.path(file)}`],
    ]);
    const onGithub = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: site.path("summary.txt") };
    const run = () => site.runWith(onGithub, ["*.md"], ...choices, ...reports);
    const result = await run();
    expectExit(result, 0);
    expect(result.stdout).toBe("");

    const { summary, failure } = JSON.parse(site.read("r.json"));
    expect([summary.verified, failure]).toEqual([false, null]);
    expect(site.read("r.xml")).toMatch(
      /<testsuites [^>]*tests="1" failures="0" errors="0"[\s\S]*<skipped message="There are no guides to run here\."/,
    );
    expect(site.read("r.tap")).toMatch(/^1\.\.0 # SKIP There are no guides to run here\.$/m);
    expect(site.read("r.txt")).toMatch(/^Nothing is verified: 0 of 0 documented outputs/m);
    for (const file of [...Object.values(files), "summary.txt"]) {
      expect(site.read(file), file).not.toMatch(/\bVerified/);
    }
    expectExit(await run(), 0); // its reports are known for reports
  },
);

test("for a part of the guides, the action passes, and its outputs do not say verified", async () => {
  const site = withGit({ "a.md": sqlPage("Dune") });
  const use = (choices: string) =>
    useAction(root, site.directory, {
      ...{ guide: "a.md", arguments: choices, "database-url": given.DATABASE_URL },
    });
  for (const choices of ["--shard 1/2", "--shard 2/2", "--only-changed main"]) {
    const used = await use(choices);
    expect(used.code, used.log).toBe(0);
    expect(used.outputs).toMatchObject({ verified: "false", failed: "0" });
  }
  expect((await use("--jobs 1")).outputs).toMatchObject({ verified: "true", failed: "0" });
});

test("the job's summary does not tick off what is only as in the baseline", async () => {
  const site = makeSite({ "a.md": sqlPage("Dune"), "b.md": sqlPage("Emma", "Anna") });
  const baseline = ["--baseline", site.path("known.json")];
  const onGithub = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: site.path("summary.txt") };
  const report = ["--reporter", "github", "--reporter", `json=${site.path("r.json")}`];
  expectExit(await site.runWith(onGithub, ["*.md"], ...baseline, ...report), 0);
  const { summary, guides } = JSON.parse(site.read("r.json"));
  expect([summary, ...guides.map((one: { summary: unknown }) => one.summary)]).toMatchObject([
    { verified: false },
    { verified: true },
    { verified: false },
  ]);
  // As plain text: "," and "." are character references.
  const head =
    /^No new failures: 3 of 4 documented outputs of 2 guides, 1 failure as in the baseline, in /m;
  const heading = site
    .read("summary.txt")
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
  expect(heading).toMatch(head);
  expect(site.read("summary.txt")).toMatch(
    /\| ✅ verified \| 2 of 2 \|\n.*\| ➖ known \| 1 of 2 \|/,
  );
});

test("a sum of what changed says so, and is not verified where nothing was", async () => {
  const site = withGit({ "a.md": sqlPage("Dune"), "b.md": sqlPage("Emma") });
  const report = (name: string) => ["--reporter", `json=${site.path(name)}`];
  const changed = ["--only-changed", "main"];
  await site.run(["*.md"], ...changed, ...report("none.json"));
  const none = await merge(site, "none.json");
  expectExit(none, 0);
  expect(none.stdout).toContain("Nothing is verified: 0 of 0 documented outputs of 0 guides");

  site.edit("a.md", "# About", "# All about");
  const own = await site.run(["*.md"], ...changed, ...report("one.json"), "--reporter", "terminal");
  const said =
    /^Verified: 2 of 2 documented outputs of 1 guide, .* s\. Guides that did not change were not run\.$/m;
  expect(own.stdout).toMatch(said);
  const one = await merge(site, "one.json");
  expectExit(one, 0);
  expect(one.stdout).toMatch(said);
});

test.each([
  ["one guide", ["a.md"]],
  ["several guides", ["*.md"]],
])("a sum names what %s was only run in part", async (_, guides) => {
  const site = makeSite({ "a.md": sqlPage("Dune"), "b.md": sqlPage("Emma") });
  const json = `json=${site.path("part.json")}`;
  expectExit(await site.run(guides, "--driver", "pg", "--reporter", json), 0);
  const merged = await merge(site, "part.json");
  expectExit(merged, 0);
  expect(merged.stdout).toMatch(
    /Only a part of \S*a\.md was run: its report lacks steps or clients\./,
  );
});

test("parts are not added up if only some of them leave out what did not change", async () => {
  const site = withGit({ "a.md": sqlPage("Dune"), "b.md": sqlPage("Emma") });
  const part = (index: number, name: string, ...choices: string[]) =>
    site.run(
      ["*.md"],
      "--shard",
      `${index}/2`,
      "--reporter",
      `json=${site.path(name)}`,
      ...choices,
    );
  await part(1, "1.json");
  await part(2, "2.json", "--only-changed", "main");
  await part(1, "changed.json", "--only-changed", "main");
  const mixed = await merge(site, "1.json", "2.json");
  expectExit(mixed, 2);
  expect(mixed.stderr).toContain(
    "The report of --shard 2/2 used --only-changed, but --shard 1/2 did not.",
  );
  expect(mixed.stdout).toBe("");
  const both = await merge(site, "changed.json", "2.json");
  expectExit(both, 0);
  expect(both.stdout).toContain("Nothing is verified: 0 of 0");
});

test.skipIf(process.platform === "win32")(
  "the report of a part that was killed says which part, and the sum that it did not end",
  async () => {
    const site = makeSite({
      "a.md": sqlPage("Dune"),
      "slow.md": "# Slow\n\n```sql\nSELECT pg_sleep(60);\n```\n\n```\n pg_sleep\n```\n",
    });
    const slow = async (part: string) => {
      const listed = await site.run(["*.md"], "--shard", part, "--list");
      return listed.stdout.includes("slow.md");
    };
    const [own, other] = (await slow("1/2")) ? ["1/2", "2/2"] : ["2/2", "1/2"];
    const choices = (part: string, name: string) => [
      ...["--shard", part, "--reporter", `json=${site.path(name)}`, "--reporter", "terminal"],
    ];
    const pages = ["--guide", site.path("*.md")];
    const running = sharedProject().start([...pages, ...choices(own, "own.json")], given);
    await running.prints(/at once/);
    running.child.kill("SIGKILL");
    await running.ended;
    expect(JSON.parse(site.read("own.json"))).toMatchObject({ shard: own, guides: [] });
    await site.run(["*.md"], ...choices(other, "other.json"));
    const merged = await merge(site, "own.json", "other.json");
    expectExit(merged, 1);
    expect(merged.stdout).toMatch(/own\.json {2}The run did not end\./);
  },
);
