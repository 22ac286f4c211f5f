import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { expectExit, sharedProject } from "../support/project.ts";

test("a new page is verified at once, with both of its tabs", async () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "new-page-")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const { guide } = sharedProject();
  const name = join(directory, "docs/my-notes");
  const written = await guide(["new", "page", name]);
  expectExit(written, 0);
  const file = `${name}.md`;
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, "utf8")).toMatch(/^# My notes\n/);

  const environment = { DATABASE_URL: inject("databaseUrl") };
  const result = await guide(["--guide", file, "--strict"], environment);
  expectExit(result, 0);
  expect(result.stdout).toContain("clients: pg, postgres");
  expect(result.stdout).toContain("All 2 outputs are verified with 2 clients");

  const again = await guide(["new", "page", file]);
  expectExit(again, 2);
  expect(again.stderr).toContain("exists already");
});
