import { join } from "node:path";
import { expect, test } from "vitest";
import { expectExit, expectReport } from "../support/command.ts";
import { root } from "../support/programs.ts";
import { given, sharedProject } from "../support/project.ts";

const guide = ["--guide", join(root, "examples/errors")];

test("the guide about errors is verified with every library, which do the same, and its page is current", async () => {
  const project = sharedProject();
  const checked = await project.guide(
    ["export", join(root, "examples/errors/GUIDE.md"), "--standalone", "--check", ...guide],
    given,
  );
  expect(checked.stderr).toContain("All 7 outputs are verified with 5 clients");
  expectExit(checked, 0);
  await expectReport(
    project.guide(["--standalone", "--effects", ...guide], given),
    0,
    "All 7 outputs are verified with 5 clients",
  );
});

test("its failure is documented: what does not fail so is an error", async () => {
  const project = sharedProject();
  await expectReport(
    project.guide(["learn", "check", "pg", ...guide], given),
    0,
    "✓ pg/03-uncaught",
  );
});

test("its page about neon() over HTTP, sql.transaction and a pool is verified", async () => {
  const page = ["--guide", join(root, "examples/errors/http.md"), "--yes"];
  await expectReport(
    sharedProject().guide(page, given),
    0,
    "All 3 outputs are verified with 1 client",
  );
});
