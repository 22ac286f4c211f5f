import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findReadersEnvFile } from "../../runner/run/readers-env-file.ts";
import { expectRefused, expectReport } from "../support/command.ts";
import { filesIn, makeDirectory } from "../support/files.ts";
import { given } from "../support/project.ts";
import { otherGuide } from "../support/shell-guide.ts";

const mine = "DATABASE_URL=postgresql://me@nowhere.invalid/mine\n";
const manifest = JSON.stringify({ title: "A", runs: ["01-a"], programs: { sh: ["sh"] } });

test.each<[string, Readonly<Record<string, string>>]>([
  [
    "a shell, of a file above",
    {
      ".env": mine,
      "docs/steps/01-a.sh": 'cd "$(dirname "$0")/../.."; set -a; . ./.env\n',
    },
  ],
  [
    "Python, of a file above the repository",
    {
      ".env": mine,
      "docs/.git": "gitdir: ../.git/modules/docs\n",
      "docs/steps/01-a.sh": "python3 steps/01-a.py\n",
      "docs/steps/01-a.py": "from dotenv import dotenv_values\nprint(dotenv_values())\n",
    },
  ],
  [
    "a helper",
    {
      "docs/.env.local": mine,
      "docs/steps/01-a.sh": ". steps/common.sh\n",
      "docs/steps/common.sh": 'eval "$(cat "$(dirname "$0")/../.env.local")"\n',
    },
  ],
  [
    "TypeScript",
    {
      "docs/.env": mine,
      "docs/steps/01-a.ts": `import dotenv from "dotenv";\ndotenv.config({ path: "../.env", override: true });\n`,
    },
  ],
])("a step is refused that may use the reader's own database: %s", async (_, files) => {
  const guide = otherGuide(
    {
      "docs/steps/guide.json": manifest,
      "docs/expected/01-a.txt": "A\n",
      "docs/steps/01-a.md": "# A",
      ...files,
    },
    "docs",
  );
  await expectRefused(guide.guide(), "which may be yours, not the guide's.");
});

test("a step that leaves the runner's variables alone runs, with the reader's .env", async () => {
  const guide = otherGuide(
    {
      ".env": `DATABASE_URL=${given.DATABASE_URL}\n`,
      "docs/.env": mine,
      "docs/steps/guide.json": manifest,
      "docs/steps/01-a.md": "# A",
      "docs/steps/01-a.ts": `process.loadEnvFile(new URL("../.env", import.meta.url));\nif (!process.env.DATABASE_URL) throw new Error("Put it into .env.");\nconsole.log(process.env.DATABASE_URL.includes("nowhere"));\n`,
      "docs/expected/01-a.txt": "false\n",
    },
    "docs",
  );
  await expectReport(guide.guide(), 0, "output is verified");
});

/** The script, its text, what `.env` has, and whether it may be used. */
test.each<[string, string, string, boolean]>([
  ["a.sh", "DATABASE_URL=$(grep ^DATABASE_URL .env | cut -d= -f2-)", mine, true],
  ["a.sh", 'while read -r line; do export "$line"; done < ../.env', mine, true],
  ["a.sh", "source .env; psql", "PGHOST=h\nPGDATABASE=d", true],
  ["a.sh", "source .env; psql", "COLOR=red\nPGTZ=UTC", false],
  ["a.sh", "node --env-file=.env a.mjs", mine, false],
  ["a.sh", "# put it into .env\necho .env >> .gitignore; psql", mine, false],
  ["a.sh", "cat > .env <<END\nA=1\nEND\nnode --env-file=.env a.mjs", mine, false],
  ["a.sh", "[ -f .env ] && echo there", mine, false],
  ["a.sh", "[ -f ../.env ] && . ../.env", mine, true],
  ["a.sh", "env-cmd -f ../.env psql", mine, true],
  ["a.sh", ". ./.env", "DATABASE_URL=", false],
  ["a.ts", 'import "dotenv/config";\nthrow new Error("Put it into .env.");', mine, false],
  ["a.ts", 'dotenv.config({ path: "../.env" });', mine, false],
  [
    "a.ts",
    'import "dotenv/config";\nconnect(process.env.DIRECT_URL);',
    "DIRECT_URL=postgres://h/d",
    true,
  ],
  ["a.ts", 'import "dotenv/config";\nconnect(process.env.DB_HOST);', "DB_HOST=h", true],
  ["a.ts", 'import "dotenv/config";\nconnect();', "DIRECT_URL=postgres://h/d", false],
  ["a.ts", 'import "dotenv/config";\nconnect();', "PGSERVICE=mine", true],
  ["a.ts", 'parse(readFileSync(new URL("../.env", import.meta.url)))', mine, true],
  ["a.ts", "dotenv.config({ override: true })", mine, true],
  ["a.ts", 'config({ path: new URL("../.env", import.meta.url) }); readFileSync("a")', mine, false],
  ["a.ts", 'loadEnvConfig("."); connect(process.env.DB_HOST);', "DB_HOST=h", true],
  ["a.py", "environ.Env.read_env(overwrite=True)", mine, true],
  ["a.py", 'from decouple import config; connect(config("DB_HOST"))', "DB_HOST=h", true],
  ["a.py", 'from decouple import config; connect(config("DATABASE_URL"))', mine, false],
  ["a.py", "class Settings(BaseSettings):\n    db_host: str", "DB_HOST=h", true],
  ["a.py", 'env = environ.Env(); connect(env("DB_HOST"))', "DB_HOST=h", true],
  ["a.py", 'import environs; connect(environs.env("DB_HOST"))', "DB_HOST=h", true],
  ["a.py", 'connect(os.environ["DB_HOST"])', "DB_HOST=h", false],
  ["a.ts", "readFileSync(process.env.FILE)", mine, false],
  ["a.ts", "// like .env\nreadFileSync(name)", mine, false],
  ["a.py", "load_dotenv()\nprint('Put it into .env')\nopen('x')", mine, false],
  ["a.py", "load_dotenv(override=True)", mine, true],
  ["a.py", "for line in open('.env'): pass", mine, true],
  ["a.rb", "require 'dotenv/load'", mine, false],
  ["a.rb", "Dotenv.overload('.env')", mine, true],
])("what may use the reader's database: %s %j with %j: %s", (name, text, own, isUsed) => {
  const { directory, write } = filesIn(makeDirectory("own_environment"));
  write("docs/.env", own);
  const docs = join(directory, "docs");
  const found = findReadersEnvFile(docs, new Map([[join(docs, "steps", name), text]]));
  expect(found).toBe(isUsed ? join(docs, ".env") : undefined);
});

test("the files of other folders count, but no example", () => {
  const { directory, write } = filesIn(makeDirectory("own_environment"));
  write("docs/.env.example", mine);
  const docs = join(directory, "docs");
  write("docs/prisma/schema.prisma", "");
  const look = (text: string) =>
    findReadersEnvFile(docs, new Map([[join(docs, "steps/a.sh"), text]]));
  expect(look(". ./.env.example; . ./.env")).toBe(undefined);
  write("docs/prisma/.env", "DIRECT_URL=postgresql://h/d");
  expect(look("npx prisma db push")).toBe(join(docs, "prisma/.env"));
  rmSync(join(docs, "prisma"), { recursive: true });
  for (const file of ["server/.env", "docs/app/local.env", ".env"]) {
    write(file, mine);
    expect(look(`. $folder/../../${file}`)).toBe(join(directory, file));
  }
});
