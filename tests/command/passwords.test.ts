import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { beforeAll, expect, inject, test } from "vitest";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { joinUri, splitUri } from "../../runner/connection/connection-uri.ts";
import { expectExit, expectReport } from "../support/command.ts";
import { sharedProject } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";

const password = `p@s"s'/w ü%41#${randomBytes(4).toString("hex")}`;
const role = `secretive_${randomBytes(4).toString("hex")}`;
const uri = { ...splitUri(inject("databaseUrl")), user: role, password };
const given = { DATABASE_URL: joinUri(uri) };

beforeAll(async () => {
  const db = await connect(pg, inject("superuserUrl"));
  const quoted = password.replaceAll("'", "''");
  await db.query(`CREATE ROLE ${role} LOGIN CREATEDB PASSWORD '${quoted}'`);
  await db.close();
  return async () => {
    const again = await connect(pg, inject("superuserUrl"));
    await again.query(`DROP ROLE ${role}`);
    await again.close();
  };
});

const names = ["terminal", "json", "junit", "tap", "github"];
/** The end of it, which nothing encodes. */
const end = password.slice(-8);

test.each([
  ["prints", 'echo "$DATABASE_URL"; echo "$PGPASSWORD"'],
  ["fails with", 'echo "$PGPASSWORD"; echo "bad: $DATABASE_URL $PGPASSWORD" >&2; exit 1'],
])("what %s the password is shown and written without it", async (_, script) => {
  const project = makeShellGuide(fewRuns);
  project.write("steps/02-read.sh", `${script}\n`);
  const file = (name: string) => `${project.directory}/r.${name}`;
  const reporters = names.flatMap((name) => ["--reporter", `${name}=${file(name)}`]);
  const onGithub = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: file("summary") };
  const result = await project.guide(reporters, { ...given, ...onGithub });
  expectExit(result, 1);
  for (const name of [...names, "summary"]) {
    expect(project.read(`r.${name}`), name).not.toContain(end);
    expect(project.read(`r.${name}`), name).toContain("••••");
  }
  const watched = await project.guide(["--reporter", "terminal"], given);
  expect(watched.stdout).toContain("••••");
  for (const format of ["md", "html"]) {
    const choices = ["export", "-", "--format", format, "--unverified"];
    const { stdout, stderr } = await project.guide(choices, given);
    expect(stdout + stderr).not.toContain(end);
    expect(stdout).toContain("••••");
  }
  expect(watched.stdout + result.stdout + result.stderr).not.toContain(end);
});

test.each([
  ["raw", 'echo "$PGPASSWORD"'],
  ["quoted for SQL", `echo "$PGPASSWORD" | sed "s/'/''/g"`],
  ["in Base64", 'printf %s "$PGUSER:$PGPASSWORD" | base64 | tr -d "\\n"'],
])("no golden file is written with it, and the others are: %s", async (_, script) => {
  const project = makeShellGuide(fewRuns);
  project.write("steps/01-create.sh", "echo new\n");
  project.write("steps/02-read.sh", `${script}\n`);
  const before = project.read("expected/02-read.txt");
  await expectReport(project.guide(["--update"], given), 1, "contains your server's password");
  expect(project.read("expected/01-create.txt")).toBe("new\n");
  expect(project.read("expected/02-read.txt")).toBe(before);
});

test("what is compared stays as it was printed", async () => {
  const project = makeShellGuide(fewRuns);
  project.write("steps/02-read.sh", 'echo "$PGPASSWORD"\n');
  project.write("expected/02-read.txt", "••••\n");
  expectExit(await project.guide([], given), 1);
  project.write("expected/02-read.txt", `${password}\n`);
  expectExit(await project.guide([], given), 0);
  for (const format of ["md", "html"]) {
    const exported = await project.guide(["export", "-", "--format", format], given);
    expectExit(exported, 0);
    expect(exported.stdout).toContain("••••");
    expect(exported.stdout).not.toContain(end);
  }
});

/** A guide whose author wrote the password into its title, its prose, its code and its introduction. */
function makeTelling() {
  const project = makeShellGuide(fewRuns);
  project.edit("steps/guide.json", "A guide", JSON.stringify(`Titled ${password}`).slice(1, -1));
  project.write("steps/01-create.md", `# Create ${password}\n\nLog in with ${password}.\n`);
  project.edit("steps/01-create.sh", "cat", `# by heart: ${password}\ncat`);
  return project;
}

test("what an author wrote of the password is shown without it, before any server is asked", async () => {
  const project = makeTelling();
  const listed = await project.command(["--list"], given);
  expect(listed.stdout).toMatch(/01-create .*Create ••••/);
  const file = (name: string) => `${project.directory}/r.${name}`;
  const own = [...names, "sarif"];
  const reporters = own.flatMap((name) => ["--reporter", `${name}=${file(name)}`]);
  expectExit(await project.command(reporters, given), 0);
  const written = own.map((name) => project.read(`r.${name}`)).join("");
  expect(written).toContain("Titled ••••");
  expect(listed.stdout + listed.stderr + written).not.toContain(end);
});

test("no baseline has what an author wrote of the password", async () => {
  const project = makeShellGuide(fewRuns);
  const page = `# A\n\n\`\`\`sql\nSELECT '${password.replaceAll("'", "''")}' AS one;\n\`\`\`\n\n\`\`\`text\n one\n-----\n two\n(1 row)\n\`\`\`\n`;
  for (const name of ["a.md", "b.md"]) project.write(name, page);
  const guides = ["a.md", "b.md"].flatMap((name) => ["--guide", join(project.directory, name)]);
  const known = ["--baseline", join(project.directory, "known.json")];
  expectExit(await sharedProject().guide([...guides, ...known], given), 0);
  expect(project.read("known.json")).toContain('"what":"SELECT \'••••\' AS one;"');
});

test.each(["code", "text", "title", "introduction"])(
  "no document is exported with the password in its %s",
  async (where) => {
    const project = makeShellGuide(fewRuns);
    if (where === "code") project.edit("steps/01-create.sh", "cat", `# ${password}\ncat`);
    if (where === "text") project.write("steps/01-create.md", `# Create\n\n${password}\n`);
    if (where === "title") project.write("steps/01-create.md", `# ${password}\n\nText.\n`);
    if (where === "introduction") project.write("steps/before.md", `Hello.\n\n## ${password}\n`);
    const result = await project.command(["export", "-", "--format", "md"], given);
    expect(result.stderr).toContain("contains your server's password");
    expect(result.stdout + result.stderr).not.toContain(end);
    expectExit(result, 2);
  },
);

test.each([
  ["as a command", (url: string) => [url]],
  ["as a guide", (url: string) => ["--guide", url]],
  ["as a step", (url: string) => ["--step", url]],
  ["as an unknown option", (url: string) => [`--database=${url}`]],
])("a connection string typed %s is not quoted with its password", async (_, wordsFor) => {
  for (const url of [
    "postgres://reader:Geheim-77@host/db",
    "postgres://host/db?user=reader&password=Geheim-77",
  ]) {
    const result = await sharedProject().guide(wordsFor(url));
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain("reader");
    expect(result.stderr + result.stdout).not.toContain("Geheim");
  }
});
