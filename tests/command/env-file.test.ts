import { expect, inject, test } from "vitest";
import { expectExit, expectReport } from "../support/command.ts";
import { copySmallProject, given, sharedProject } from "../support/project.ts";

const secret = /w0rd|\b54\b|u:pa|u#pa/;

test.each([
  "DATABASE_URL=postgresql://u:54#w0rd@h/db",
  "DATABASE_URL=postgresql://u:pa#w0rd@h/db # mine",
  "export DATABASE_URL = postgres://u#pa:w0rd@h/db?sslmode=require\r",
  "DATABASE_URL: postgresql://u:54/w0rd@h#x",
])("a # without quotes is named, and nothing of the password: %s", async (line) => {
  const project = copySmallProject(["pg"]);
  project.write(".env", `OTHER=1 # one\n${line}\n`);
  const [run, doctor, byHand] = await Promise.all([
    project.guide(["--yes"]),
    project.guide(["doctor"]),
    project.stepByHand("02-read"),
  ]);
  expectExit(run, 3);
  expectExit(doctor, 1);
  expectExit(byHand, 1);
  for (const { stdout, stderr } of [run, doctor, byHand]) {
    expect(stdout + stderr).toContain(
      ".env, the # in DATABASE_URL begins a comment, and cuts it off. Put the connection string in quotes: DATABASE_URL=",
    );
    expect(stdout + stderr).not.toMatch(secret);
  }
});

test.each([
  '"URL" # a comment',
  "'URL'",
  "URL # a comment",
  '"URL?application_name=a#b"',
  "`URL?application_name=a%23b`#x",
])("a # in quotes, or before a comment, cuts nothing: %s", async (value) => {
  const project = copySmallProject(["pg"]);
  project.write(
    ".env",
    `# all\nDATABASE_URL=${value.replace("URL", inject("databaseUrl"))}\n#end\n`,
  );
  const { stdout } = await project.guide(["--list"]);
  expect(stdout).toContain("01-create");
  const doctor = await project.guide(["doctor"]);
  expectExit(doctor, 0);
});

test.each([
  ["postgresql://u:w0rd@h/db\n", "Write DATABASE_URL= before the connection string."],
  ["DATABASE_URL=\n", "It is empty: put the value after it."],
  [
    "A=1\nDATABASE_URL_UNPOOLED='postgres://u:w0rd@h/db'\n",
    "There is DATABASE_URL_UNPOOLED: name it DATABASE_URL.",
  ],
  ["A=1\n", "Add it."],
])("an .env without DATABASE_URL is named: %j", async (text, remedy) => {
  const project = copySmallProject(["pg"]);
  project.write(".env", text);
  const named = `.env does not set DATABASE_URL. ${remedy}`;
  const doctor = await project.guide(["doctor"]);
  await expectReport(doctor, 0, named);
  expect(doctor.stdout + doctor.stderr).not.toMatch(secret);
  const byHand = await project.stepByHand("02-read");
  expect(byHand.stderr).toContain(named);
  expect(byHand.stderr).not.toMatch(secret);
});

test("a run says it too, unless it is given a server", async () => {
  const project = copySmallProject(["pg"]);
  project.write(".env", "postgresql://u:w0rd@h/db\n");
  const run = await project.guide(["--yes"]);
  expectExit(run, 0);
  expect(run.stderr).toContain(
    ".env does not set DATABASE_URL. Write DATABASE_URL= before the connection string. Without it, the guide runs on the embedded PostgreSQL.",
  );
  expect(run.stderr).not.toMatch(secret);
  const given = await project.guide(["--yes"], { DATABASE_URL: inject("databaseUrl") });
  expect(given.stderr).toBe("");
});

test("an .env with nothing but comments is like none", async () => {
  const project = copySmallProject(["pg"]);
  project.write(".env", "# DATABASE_URL=\n\n  # nothing\n");
  const doctor = await project.guide(["doctor"]);
  expect(doctor.stdout).toContain("no DATABASE_URL: the guide runs on the embedded PostgreSQL");
  expect(doctor.stdout).not.toContain("does not set");
});

test("a step of another guide says how to run that one", async () => {
  const own = await sharedProject().stepByHand("02-read");
  expect(own.stderr).toMatch(/without one: npx tsx run-guide\.ts$/m);
  const other = await sharedProject().stepByHand("../examples/counter/steps/01-create");
  expect(other.stderr).toMatch(
    /without one: npx tsx run-guide\.ts --guide \S+examples[\\/]counter$/m,
  );
});

test("--require-url makes a missing connection string an error", async () => {
  const project = copySmallProject(["pg"]);
  const unset = await project.guide(["--yes", "--require-url"]);
  expectExit(unset, 3);
  expect(unset.stdout).toBe("");
  expect(unset.stderr).toContain(
    "DATABASE_URL is not set. Set it. Or leave out --require-url, to run on the embedded PostgreSQL.",
  );
  project.write(".env", "DATABASE_URL=\n");
  const empty = await project.guide(["--yes", "--require-url"], { DATABASE_URL: "" });
  expectExit(empty, 3);
  expect(empty.stderr).toContain(".env does not set DATABASE_URL. It is empty");
  expectExit(await project.guide(["--yes", "--require-url"], given), 0);
});
