import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Database } from "../../drivers/driver.ts";
import * as driver from "../../drivers/postgres.ts";
import { messageOf } from "../../runner/common/failure.ts";
import { connect } from "../../runner/connection/connect.ts";
import { DatabaseError } from "../../runner/connection/errors.ts";
import type { Launch, Place, Session, SessionOptions } from "../../runner/run/session.ts";
import { openStepper, type Stepper } from "../../runner/run/stepper.ts";
import { withSession } from "../../runner/run/with-session.ts";
import { withSnapshots } from "../../runner/snapshots/with-snapshots.ts";
import { makeRuns } from "../support/runs.ts";

const clients = ["pg", "postgres"];

/** What a step can do. Each prints what it sees. */
const statements = {
  create: "CREATE TABLE t (id serial PRIMARY KEY, name text)",
  insert: "INSERT INTO t (name) VALUES ('a'), ('b')",
  update: "UPDATE t SET name = name || id",
  remove: "DELETE FROM t WHERE id % 2 = 1",
  drop: "DROP TABLE t",
  count: "SELECT nextval('t_id_seq')",
  schema: "CREATE SCHEMA s CREATE TABLE u (n int)",
  largeObject: "SELECT count(lo_create(0))",
  setting:
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''1MB''', current_database()); END $$",
  limit:
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 7', current_database()); END $$",
  comment:
    "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''mine''', current_database()); END $$",
  other: "CREATE DATABASE other_CLIENT",
  noOther: "DROP DATABASE other_CLIENT",
  role: "ALTER ROLE current_user SET lock_timeout = '7s'",
  noRole: "ALTER ROLE current_user RESET lock_timeout",
};

const ordinary = [
  "insert",
  "update",
  "remove",
  "count",
  "largeObject",
  "write",
  "append",
  "nothing",
];
const others = ["unlink", "data", "hold", "fail"];
const special = [...Object.keys(statements), ...others].filter((one) => !ordinary.includes(one));
const deed = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ordinary) },
  { weight: 1, arbitrary: fc.constantFrom(...special) },
);

const seen = `
  SELECT current_setting('work_mem') AS memory,
    (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS limit,
    (SELECT count(*) FROM pg_largeobject_metadata) AS objects,
    (SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()) AS comment,
    (SELECT string_agg(nspname, ',' ORDER BY 1) FROM pg_namespace WHERE nspname !~ '^pg_') AS schemas,
    (SELECT count(*) FROM pg_database WHERE datname = 'other_CLIENT') AS others`;

/** Does what a step says, in this process, and prints what there is afterwards. */
async function play(
  deed: string,
  client: string,
  { directory, environment, outputFile }: Place,
  held: Set<Database>,
) {
  const lines: string[] = [];
  const open = () => connect(driver, environment.DATABASE_URL ?? "");
  const db = await open();
  const query = async (sql: string) => {
    try {
      lines.push(JSON.stringify((await db.query(sql)).rows));
    } catch (error) {
      lines.push(error instanceof DatabaseError ? error.code : messageOf(error));
    }
  };
  // The role is that of both clients, which run side by side.
  const isAlone = client === "pg" || !deed.toLowerCase().includes("role");
  const sql = Object.entries(statements).find(([name]) => name === deed)?.[1];
  if (sql && isAlone) await query(sql.replace("CLIENT", client));
  const own = join(directory, "own.txt");
  if (deed === "write") writeFileSync(own, "written\n");
  if (deed === "append") appendFileSync(own, "appended\n");
  if (deed === "unlink") rmSync(join(directory, "data.txt"), { force: true });
  if (deed === "data") lines.push(readFileSync(join(directory, "data.txt"), "utf8"));
  if (deed === "hold") held.add(await open());
  await query(
    client === "pg"
      ? `${seen.replace("CLIENT", client)}, current_setting('lock_timeout')`
      : seen.replace("CLIENT", client),
  );
  await query("SELECT * FROM t ORDER BY id");
  lines.push(
    existsSync(own) ? readFileSync(own, "utf8") : "",
    readdirSync(directory).sort().join(),
  );
  await db.close();
  writeFileSync(outputFile, lines.join("\n"));
  const ran = { duration: 1, stdoutFile: outputFile, stderr: "", exitCode: 0 };
  return deed === "fail"
    ? ({ kind: "failed", reason: { kind: "other", text: "failed" }, ...ran } as const)
    : ({ kind: "finished", ...ran } as const);
}

function outputsOf({ judged }: Stepper) {
  return judged.map(({ run, clients: ran }) => [
    run.name,
    ...ran.map(({ outcome }) =>
      outcome.kind === "skipped" ? outcome.because : readFileSync(outcome.stdoutFile, "utf8"),
    ),
  ]);
}

/** What a reader or an author does. Numbers are taken modulo what there is. */
type Action =
  | { readonly kind: "forward"; readonly runs: number }
  | { readonly kind: "back"; readonly to: number }
  | { readonly kind: "edit"; readonly at: number; readonly deed: string }
  | { readonly kind: "save data"; readonly text: string };

const action = fc.oneof<fc.WeightedArbitrary<Action>[]>(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("forward" as const),
      runs: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("back" as const), to: fc.nat(99) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("edit" as const), at: fc.nat(99), deed }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("save data" as const),
      text: fc.string({ maxLength: 3 }),
    }),
  },
);

/** A special deed is the third of six runs: back to before it, and to after it. */
function goBackOver(one: string): [string[], Action[]] {
  const forward = { kind: "forward", runs: 6 } as const;
  const back = (to: number) => ({ kind: "back", to }) as const;
  const deeds = ["create", "insert", one, "insert", "append", "insert"];
  const rest = Array.from({ length: 8 }, () => "nothing");
  return [
    [...deeds, ...rest],
    [forward, back(4), forward, back(2), forward],
  ];
}

test("results are the same with and without snapshots, whatever was done, edited and gone back to", async () => {
  const names = Array.from({ length: 14 }, (_, index) => `${String(index + 1).padStart(2, "0")}-x`);
  const { guide, runs } = makeRuns(Object.fromEntries(names.map((name) => [name, "x"])));
  const data = join(guide.directory, "data.txt");
  let codes: string[] = [];
  const held = new Set<Database>();
  const launch: Launch = ({ name }, client) => ({
    play: (place) => play(codes[names.indexOf(name)] ?? "nothing", client, place, held),
  });
  const signal = new AbortController().signal;
  const options: SessionOptions = {
    ...{ guide, clients, standalone: [], runs, timeout: 60, inPlace: false, signal },
    note: () => {},
  };
  let copied = 0;

  async function travel(session: Session, actions: readonly Action[]) {
    await session.rewind([], clients);
    const stepper = openStepper(guide, clients, {
      ...session,
      // The program is what the step is to do.
      programOf: async ({ index }) => codes[index] ?? "",
    });
    const results: unknown[] = [];
    for (const one of actions) {
      const stop = new AbortController().signal;
      const at = stepper.judged.length;
      if (one.kind === "forward") {
        for (let index = at; index < Math.min(at + one.runs, runs.length); index++) {
          await stepper.goTo(index, stop, () => {});
          await stepper.runNext(stop, () => {});
        }
      } else if (one.kind === "back") {
        const to = one.to % (at + 1);
        await stepper.goTo(to, stop, (first) => (copied += first > 0 ? 1 : 0));
      } else if (one.kind === "edit") {
        codes[one.at % runs.length] = one.deed;
        for (const [index, step] of guide.steps.entries())
          Object.assign(step, { code: codes[index] });
      } else writeFileSync(data, one.text);
      results.push(outputsOf(stepper));
    }
    for (const db of held) await db.close().catch(() => {});
    held.clear();
    const url = (await session.databaseOf("pg")).url;
    const db = await connect(driver, url);
    for (const client of clients) await db.query(`DROP DATABASE IF EXISTS other_${client}`);
    await db.query("ALTER ROLE current_user RESET lock_timeout");
    await db.close();
    return results;
  }

  await withSession(
    options,
    (plain) =>
      withSnapshots(
        options,
        (kept) =>
          fc.assert(
            fc.asyncProperty(
              fc.array(deed, { minLength: runs.length, maxLength: runs.length }),
              fc.array(action, { minLength: 3, maxLength: 7 }),
              async (first, actions) => {
                const results: unknown[] = [];
                for (const session of [plain, kept]) {
                  codes = ["create", ...first.slice(1)];
                  for (const [index, step] of guide.steps.entries())
                    Object.assign(step, { code: codes[index] });
                  writeFileSync(data, "data");
                  results.push(await travel(session, actions));
                }
                expect(results[1]).toEqual(results[0]);
              },
            ),
            { numRuns: special.length + 5, examples: special.map(goBackOver) },
          ),
        async () => launch,
      ),
    async () => launch,
  );
  expect(copied).toBeGreaterThan(5);
}, 400_000);
