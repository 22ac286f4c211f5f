import { test } from "vitest";
import { expectReport } from "../support/command.ts";
import { makeRole, openDatabase } from "../support/database.ts";
import { openGuide } from "../support/live.ts";
import { visit } from "../support/live-visit.ts";
import { otherGuide } from "../support/shell-guide.ts";

/** A guide whose steps make a database and a role, which the clients of one server would have in common. */
function makeSharingGuide(database: string, role?: string) {
  const ts = (body: string) =>
    `/*\n# Step\n*/\nimport { step } from "neon-typescript-guide/step";\nawait step(async (db) => {\n${body}\n});\n`;
  const makesRole = role ? `await db.query("CREATE ROLE ${role} LOGIN");` : "";
  return otherGuide({
    "steps/guide.json": JSON.stringify({ title: "Sharing", runs: ["01-make", "02-look"] }),
    "steps/01-make.ts": ts(
      `await db.query("CREATE DATABASE ${database}"); ${makesRole}\nconsole.log("Made.");`,
    ),
    "steps/02-look.ts": ts(
      `const { rows } = await db.query("SELECT datname FROM pg_database WHERE datname = '${database}'");\nconsole.log(rows.length);`,
    ),
    "expected/01-make.txt": "Made.\n",
    "expected/02-look.txt": "1\n",
  });
}

const embedded = { DATABASE_URL: "" };

test("on the embedded server, each client makes a database and a role of its own", async () => {
  const guide = makeSharingGuide("shop", "clerk");
  await expectReport(guide.guide([], embedded), 0, /one for each client[\s\S]*All 2 outputs/);
  const another = makeSharingGuide("shop", "clerk");
  const both = await guide.guide(["--guide", another.directory], embedded);
  await expectReport(both, 0, "4 of 4 documented outputs of 2 guides");
});

test("so does the live page, also where it goes back", async () => {
  const page = await visit(await openGuide(makeSharingGuide("shop", "clerk"), [], embedded));
  await page.ask({ kind: "all" });
  await page.ends("match | match");
  await page.ask({ kind: "back", run: 1 });
  await page.ends("match | waiting");
  await page.ask({ kind: "all" });
  await page.ends("match | match");
  await page.ask({ kind: "back", run: 0 });
  await page.ends("waiting | waiting");
  await page.ask({ kind: "all" });
  await page.ends("match | match");
});

test("on a given server, the report says why only one client can make it", async () => {
  const guide = makeSharingGuide("sharing_guide_shop");
  const DATABASE_URL = await makeRole("CREATEDB"); // other runs with the suite's would name the database
  const result = await guide.guide([], { DATABASE_URL });
  const db = await openDatabase(DATABASE_URL);
  await db.query("DROP DATABASE sharing_guide_shop");
  await expectReport(
    result,
    1,
    "One client has made it for all on this server. Choose one with --driver. Without DATABASE_URL, each has a server of its own",
  );
});
