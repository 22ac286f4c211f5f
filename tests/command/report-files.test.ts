import { XmlDocument } from "libxml2-wasm";
import { describe, expect, inject, test } from "vitest";
import { expectExit } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";

const given = { DATABASE_URL: inject("databaseUrl") };

describe("reporters", () => {
  test("write their files in one run", async () => {
    const project = makeShellGuide(fewRuns);
    const file = (name: string) => `${project.directory}/${name}`;
    const choices = [
      "terminal",
      `json=${file("r.json")}`,
      `junit=${file("r.xml")}`,
      `tap=${file("r.tap")}`,
    ];
    const result = await project.guide(
      ["--in-place", ...choices.flatMap((choice) => ["--reporter", choice])],
      given,
    );
    expectExit(result, 0);
    expect(result.stdout).toContain("All 2 outputs are verified");
    expect(JSON.parse(project.read("r.json")).summary.verified).toBe(true);
    expect(XmlDocument.fromString(project.read("r.xml")).root.name).toBe("testsuites");
    expect(project.read("r.tap")).toMatch(/^1\.\.4$/m);
  });

  test("annotate by themselves on GitHub, and a step's output is no command there", async () => {
    const project = makeShellGuide();
    project.edit("steps/03-update.sh", "Updated", "::error::injected\nUpdated");
    const summary = `${project.directory}/summary.md`;
    const environment = {
      ...given,
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_WORKSPACE: project.directory,
    };
    const result = await project.guide(["--driver", "pg", "--in-place"], environment);
    expectExit(result, 1);
    expect(result.stdout).toMatch(
      /^::error file=expected\/03-update\.txt,line=2,title=03-update%3A drift::/m,
    );
    expect(result.stdout).not.toMatch(/^\s*::error::injected/m);
    expect(project.read("summary.md")).toContain("**Not verified**");
  });

  test.each([
    [["json", "tap"], "json and tap cannot share stdout. Write --reporter NAME=FILE for one."],
    [["json=GUIDE/r", "tap=GUIDE/./r"], "/r. Name two files."],
    [["json=GUIDE/expected/01-create.txt"], "01-create.txt is among the guide's own files."],
    [["terminal", "tap=GUIDE/steps/new.tap"], "new.tap is among the guide's own files."],
    [["json=/no/such/directory/r.json"], "The report cannot be written. ENOENT"],
  ])("%j is refused", async (names, message) => {
    const project = makeShellGuide(fewRuns);
    const choices = names.map((name) => name.replace("GUIDE", project.directory));
    const result = await project.guide(
      choices.flatMap((choice) => ["--reporter", choice]),
      given,
    );
    expectExit(result, 2);
    expect(result.stderr).toContain(message);
  });
});
