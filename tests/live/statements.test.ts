import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ClientResult, ServerEvent } from "../../classroom/live/messages.ts";
import { type LiveGuide, openGuide } from "../support/live.ts";
import { visit } from "../support/live-visit.ts";
import { root } from "../support/programs.ts";
import { copyProject } from "../support/project.ts";

/** Has a run made, and gives what its page is told of it when it is done. */
async function run(guide: LiveGuide, index: number): Promise<readonly ClientResult[]> {
  const isDone = new RegExp(
    `^data: ({"kind":"run","run":${index},"state":{"kind":"done".*)\\n\\n`,
    "m",
  );
  const told = await (await visit(guide)).told({ kind: "run", run: index }, isDone);
  expect(told).not.toContain("reader-secret");
  const event: ServerEvent = JSON.parse(isDone.exec(told)?.[1] ?? "");
  return event.kind === "run" && event.state.kind === "done" ? event.state.clients : [];
}

test("on a given server, a driver's statements are seen; those of a script are said not to be", async () => {
  const project = copyProject();
  const standalone = join(project.directory, "standalone");
  cpSync(join(root, "standalone/pg"), join(standalone, "pg"), { recursive: true });
  const values = `[${JSON.stringify(["it's \u202e", null, "x".repeat(999)]).slice(1, -1)}, "x".repeat(195) + process.env.PGPASSWORD]`;
  project.edit(
    "steps/03-update.ts",
    "  if (changed === 0)",
    `  await db.query("SELECT $1::text, $2::text, $3::text, $4::text", ${values});
     if (process.env.GUIDE_STATEMENTS) throw new Error("It sees what it need not.");
     await db.query("SELECT * FROM nowhere");
  if (changed === 0)`,
  );
  const clients = ["pg", "postgres", "standalone/pg"];
  const guide = await openGuide(
    project,
    clients.flatMap((name) => ["--driver", name]),
  );
  const [pg, postgres, script] = await run(guide, 2);

  for (const { statements = [], details, note, unshown } of [pg, postgres].flatMap(
    (one) => one ?? [],
  )) {
    const at = statements.findIndex(({ text }) => text.startsWith("UPDATE books"));
    const [update, select, failed] = statements.slice(at);
    expect(update).toMatchObject({
      text: "UPDATE books SET in_stock = $1 WHERE title = $2",
      parameters: "$1 = 'true', $2 = 'Dune'",
      rows: 1,
    });
    expect(update?.duration).toBeGreaterThan(0);
    expect(select).toMatchObject({
      parameters: `$1 = 'it''s \\u{202e}', $2 = NULL, $3 = '${"x".repeat(200)}…', $4 = '${"x".repeat(195)}••••'`,
      rows: 1,
    });
    expect(failed).toMatchObject({
      text: "SELECT * FROM nowhere",
      error: '42P01: relation "nowhere" does not exist',
    });
    expect(failed).not.toHaveProperty("rows");
    expect(unshown).toEqual([]);
    // What the step says is what it says without anybody who listens.
    expect(details).toMatchObject({
      kind: "error",
      lines: ["Query failed.", '42P01: relation "nowhere" does not exist (03-update.ts, line 27)'],
    });
    expect(note).toMatch(/^exit code 1 · \d+\.\d s$/);
  }
  expect(script?.isGood).toBe(true);
  expect(script).not.toHaveProperty("statements");
  expect(script?.unshown).toEqual([
    "The statements are not known: on the server of DATABASE_URL, only the drivers of the steps report theirs.",
  ]);
});

test("on the embedded server, a script's statements are seen, and none of the runner's", async () => {
  const project = copyProject();
  cpSync(join(root, "standalone/pg"), join(project.directory, "standalone/pg"), {
    recursive: true,
  });
  const guide = await openGuide(project, ["--driver", "standalone/pg"], {});
  const [{ statements = [] } = {}] = await run(guide, 0);
  expect(statements.map(({ text }) => text.slice(0, 12))).toEqual([
    ...["BEGIN", "DROP TABLE I", "CREATE TABLE"],
    ...["INSERT INTO ", "INSERT INTO ", "INSERT INTO ", "INSERT INTO ", "COMMIT"],
  ]);
});
