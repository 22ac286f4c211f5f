import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { expectRefused, expectReport } from "../support/command.ts";
import { makeDirectory } from "../support/files.ts";
import { copySmallProject, expectExit, sharedProject } from "../support/project.ts";

test("a new page is verified at once, with both of its tabs", async () => {
  const directory = makeDirectory("new-page");
  const { guide } = sharedProject();
  const name = join(directory, "docs/my-notes");
  const written = await guide(["new", "page", name]);
  expectExit(written, 0);
  const file = `${name}.md`;
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, "utf8")).toMatch(/^# My notes\n/);

  const environment = { DATABASE_URL: inject("databaseUrl") };
  const result = await guide(["--guide", file, "--strict"], environment);
  await expectReport(result, 0, "clients: pg, postgres");
  expect(result.stdout).toContain("All 2 outputs are verified with 2 clients");

  await expectRefused(guide(["new", "page", file]), "exists already");
  expect(existsSync(join(directory, ".github")), "there is no project").toBe(false);
});

test("a new page in a checkout of this project has no workflow: it calls the package", async () => {
  const project = copySmallProject(["pg"]);
  const written = await project.guide(["new", "page", "docs/notes"]);
  expect(written.stdout).toMatch(
    /^Wrote docs\/notes\.md\.\nNext: .*\n {2}npx tsx run-guide\.ts --guide /,
  );
  expect(existsSync(join(project.directory, ".github/workflows/guide.yml"))).toBe(false);
});

test("a new page of a project has a workflow that verifies it; one that is there is kept", async () => {
  const directory = makeDirectory("new-page");
  writeFileSync(join(directory, "package.json"), '{ "private": true }');
  const { guide } = sharedProject();
  const first = await guide(["new", "page", join(directory, "docs/first")]);
  expect(first.stdout).toMatch(
    /^Wrote .*first\.md, and a workflow, .*guide\.yml\.\nFor the workflow, install neon-typescript-guide in .*\nNext: /,
  );
  const workflow = readFileSync(join(directory, ".github/workflows/guide.yml"), "utf8");
  expect(workflow).toContain('- run: "npx run-guide --guide docs/first.md"\n');
  const second = await guide(["new", "page", join(directory, "docs/second")]);
  expect(second.stdout).toContain("guide.yml exists already");
  expect(second.stdout).toContain('- run: "npx run-guide --guide docs/second.md"\n');
  expect(readFileSync(join(directory, ".github/workflows/guide.yml"), "utf8")).toBe(workflow);
});
