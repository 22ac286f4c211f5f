import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { root } from "../support/programs.ts";
import { expectExit, sharedProject } from "../support/project.ts";

const given = { DATABASE_URL: inject("databaseUrl") };
const guide = ["--guide", join(root, "examples/errors")];

test("the guide about errors is verified with every library, which do the same, and its page is current", async () => {
  const project = sharedProject();
  const checked = await project.guide(
    ["export", join(root, "examples/errors/GUIDE.md"), "--standalone", "--check", ...guide],
    given,
  );
  expect(checked.stderr).toContain("All 7 outputs are verified with 5 clients");
  expectExit(checked, 0);
  const effects = await project.guide(["--standalone", "--effects", ...guide], given);
  expect(effects.stdout).toContain("All 7 outputs are verified with 5 clients");
  expectExit(effects, 0);
});

test("its failure is documented: what does not fail so is an error", async () => {
  const project = sharedProject();
  const result = await project.guide(["learn", "check", "pg", ...guide], given);
  expect(result.stdout).toContain("✓ pg/03-uncaught");
  expectExit(result, 0);
});

test("its page about neon() over HTTP, sql.transaction and a pool is verified", async () => {
  const page = ["--guide", join(root, "examples/errors/http.md"), "--yes"];
  const result = await sharedProject().guide(page, given);
  expect(result.stdout).toContain("All 3 outputs are verified with 1 client");
  expectExit(result, 0);
});
