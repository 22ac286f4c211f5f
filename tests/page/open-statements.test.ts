import { expect, test } from "vitest";
import { expectReport } from "../support/command.ts";
import { makePage, type Part, pageOf } from "../support/page.ts";

const sql = (text: string): Part => ["sql", text];
const shows = (name: string): Part => ["text", ` ${name}\n---\n 1\n(1 row)`];
const waits = 'psql waits for the ";" of the statement';

test.each(["psql shop", "docker exec -it db psql -U postgres", "sudo -u postgres psql"])(
  "a statement without its end is not verified below %j",
  async (opens) => {
    const page = pageOf(["sh", opens], sql("SELECT 1 AS a"), shows("a"));
    const result = await makePage(page).run();
    expect(result.stdout).toContain(`${waits} in line 7.`);
    await expectReport(result, 1, "Not verified: 1 unverified");
  },
);

test("what ends a statement that waits is not verified, nor what both were to change", async () => {
  const page = pageOf(
    ...[["sh", "psql shop"] as const, sql("CREATE TABLE u AS SELECT 1 AS a;")],
    ...[
      sql("CREATE TABLE t (a int)"),
      sql("INSERT INTO t VALUES (1);"),
      ["text", "INSERT 0 1"] as const,
    ],
    ...[sql("SELECT a FROM t;"), shows("a"), sql("SELECT a FROM u;"), shows("a")],
  );
  const result = await makePage(page).run();
  expect(result.stdout).toContain(`an earlier statement was not sent: ${waits} in line 11.`);
  await expectReport(result, 0, "1 of 3 outputs verified");
});

test("psql throws away what it waits with", async () => {
  const page = pageOf(
    ...[["sh", "psql shop"] as const, sql("SELECT 1 AS a"), shows("a"), sql("\\r")],
    ...[sql("SELECT 1 AS b;"), shows("b")],
  );
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});

test.each<readonly [string, readonly Part[]]>([
  ["the page never opens psql", []],
  ["the page only asks for its version", [["sh", "psql --version"]]],
  ["the page installs it", [["sh", "sudo apt-get install psql"]]],
  ["the page has left psql", [["sh", "psql"], sql("SELECT 1;"), ["text", "\\q"]]],
])("a statement needs no end where %s", async (_, parts) => {
  const page = pageOf(...parts, sql("SELECT 1 AS a"), shows("a"), sql("SELECT 1 AS b"), shows("b"));
  await expectReport(makePage(page).run(), 0, "All 2 outputs are verified");
});
