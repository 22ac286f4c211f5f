import { expect, test } from "vitest";
import { urlLike, urlLikeKeywords } from "../../runner/run/database-values.ts";
import { expectReport } from "../support/command.ts";
import { makePage, type Part, pageOf } from "../support/page.ts";

const asks = "application_name=shop&options=-c%20search_path%3Dtenant";
const shows = `const of = async (name) => (await client.query("SHOW " + name)).rows[0][name];
console.log(await of("application_name"), await of("search_path"));
await client.end();`;
const asked = (connect: string): Part[] => [
  ['js title="index.mjs"', `import pg from "pg";\n${connect}\nawait client.connect();\n${shows}`],
];

test.each<readonly [string, readonly Part[]]>([
  [
    "a script",
    [
      ...asked(
        `const client = new pg.Client("postgresql://me:pw@db/shop?sslmode=disable&${asks}");`,
      ),
    ],
  ],
  [
    "a file of variables",
    [
      ['sh title=".env"', `DATABASE_URL="postgresql://me:pw@db/shop?${asks}" # the shop's`],
      ...asked("const client = new pg.Client(process.env.DATABASE_URL);"),
    ],
  ],
  [
    "a variable of the shell",
    [
      ["sh", `export DATABASE_URL='postgresql://me:pw@db/shop?${asks}'`],
      ...asked("const client = new pg.Client(process.env.DATABASE_URL);"),
    ],
  ],
])("the settings in a connection string of %s stay", async (_, parts) => {
  const isOfFile = parts.some(([info = ""]) => info.includes(".env"));
  const command = isOfFile ? "node --env-file=.env index.mjs" : "node index.mjs";
  const page = makePage(pageOf(...parts, ["sh", command], ["text", "shop tenant"]));
  await expectReport(page.run(), 0, "The output is verified");
});

test.each([
  [
    "postgres://me:pw@h/d?statement_timeout=100&pgbouncer=true&sslmode=require",
    "statement_timeout=100",
  ],
  ["postgres://me:pw@h/d?options=endpoint%3Dep-a&connect_timeout=9", ""],
  ["postgres://me:pw@h/d?options=endpoint%3Dep-a%20-c%20a%3Db+c", "options=%20-c%20a%3Db%2Bc"],
  ["postgresql+asyncpg://me@h/d?ssl=require&jit=off", "jit=off"],
])("of %s, %j stays", (found, kept) => {
  const url = urlLike(found, { DATABASE_URL: "postgresql://u:p@own:1/own" });
  expect(url.replace(/^[^?]*\??/, "")).toBe(kept);
});

test("the settings of a connection string in keywords stay", () => {
  const found = "host=localhost dbname=shop sslmode=require options='-c search_path=a\\'b' jit=off";
  const url = urlLikeKeywords(found, { DATABASE_URL: "postgresql://own?sslmode=prefer" });
  expect(url).toBe("postgresql://own?sslmode=prefer&options=-c%20search_path%3Da'b&jit=off");
});
