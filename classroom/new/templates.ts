/** A step of a new guide, and what it prints. */
interface FirstStep {
  readonly name: string;
  readonly source: (module: string) => string;
  readonly output: string;
}

/** The first steps of a new guide: small enough to be thrown away, and complete enough to be verified. */
export const firstSteps: readonly FirstStep[] = [
  {
    name: "01-create",
    output: "Created a table with 2 notes.\n",
    source: (module) => `/*
# Create a table

Say in a few sentences what this step does, and why.
*/
import { step } from "${module}";

await step(async (db) => {
  await db.query("DROP TABLE IF EXISTS notes");
  await db.query("CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL)");
  const insert = "INSERT INTO notes VALUES (1, $1), (2, $2)";
  const { count } = await db.query(insert, ["first", "second"]);
  console.log(\`Created a table with \${count} notes.\`);
});
`,
  },
  {
    name: "02-read",
    output: "1: first\n2: second\n",
    source: (module) => `/*
# Read it

What a step prints is compared with its file in \`expected/\`. The query says in which
order the rows come.
*/
import { step } from "${module}";

await step(async (db) => {
  const { rows } = await db.query<{ id: number; text: string }>("SELECT * FROM notes ORDER BY id");
  for (const { id, text } of rows) console.log(\`\${id}: \${text}\`);
});
`,
  },
];

/** `steps/guide.json` */
export const firstManifest = `{
  "title": "A new guide",
  "runs": ["01-create", "02-read"]
}
`;

/** `steps/before.md` */
export const firstIntroduction = `This is the introduction: what the guide is about, and what a reader needs.
`;

/** @param command verifies the guide */
export function readmeTemplate(command: string): string {
  return `# A new guide

\`steps/\` has the guide: small scripts that begin with their text. \`expected/\` has what they print.
\`steps/guide.json\` has the title and the order of the steps.

\`\`\`sh
${command}                  # follow it, step by step
${command} --yes            # run it with every driver, and verify what it prints
${command} --update         # write the golden files, if all drivers agree
${command} --reporter json  # for programs
\`\`\`

You need no database: without \`DATABASE_URL\`, the guide runs on an embedded PostgreSQL.
`;
}

export type PackageManager = "npm" | "pnpm" | "yarn";

/** What installs exactly what the lock file has. Corepack is a part of Node.js 24. */
const installs: Readonly<Record<PackageManager, readonly string[]>> = {
  npm: ["npm ci"],
  pnpm: ["corepack enable", "pnpm install --frozen-lockfile"],
  yarn: ["corepack enable", "yarn install --frozen-lockfile"],
};

/** Yarn's packages may be in a place that npx does not know. */
function runLine(command: string, manager: PackageManager): string {
  const called = manager === "yarn" ? command.replace(/^npx /, "yarn ") : command;
  return `      - run: ${JSON.stringify(called)}\n`;
}

/**
 * A step for a workflow that is there already.
 * @param packageDirectory see `workflowTemplate`
 */
export function workflowStep(
  packageDirectory: string,
  command: string,
  manager: PackageManager,
): string {
  return `${runLine(command, manager)}        working-directory: ${JSON.stringify(packageDirectory)}\n`;
}

/**
 * A workflow of GitHub Actions. Names are written as JSON, which is YAML too: unquoted, one might have
 * another meaning.
 * @param packageDirectory of the package.json, relative to the repository
 * @param command verifies the guide, in that directory
 */
export function workflowTemplate(
  packageDirectory: string,
  command: string,
  manager: PackageManager,
): string {
  const where =
    packageDirectory === "."
      ? ""
      : `    defaults:\n      run:\n        working-directory: ${JSON.stringify(packageDirectory)}\n`;
  return `name: Guide

on:
  push:
  pull_request:
  workflow_dispatch:

permissions:
  contents: read

jobs:
  verify:
    runs-on: ubuntu-latest
    timeout-minutes: 20
${where}    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0
        with:
          node-version: 24
${installs[manager].map((line) => `      - run: ${line}\n`).join("")}${runLine(command, manager)}`;
}

/**
 * A step of a guide.
 * @param title for people, such as "Sort data"
 * @param module where the step imports from
 */
export function stepTemplate(title: string, module: string): string {
  return `/*
# ${title}

Say in a few sentences what this step is about.

The code

- connects to the database;
- counts the tables in its schema.
*/
import { step } from "${module}";

await step(async (db) => {
  console.log("Connection established");

  const { rows } = await db.query(
    "SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = current_schema()",
  );
  console.log(\`Tables: \${rows[0]?.tables}\`);
});
`;
}

/**
 * A driver that uses pg's promises.
 * @param driver where it imports the interface from
 * @param values where it imports from how values are read and written
 */
export function driverTemplate(driver: string, values: string): string {
  return `import pg from "pg";
import type { Database } from "${driver}";
import { parsers, valueTexts } from "${values}";

/** Replace pg with your library. */
export async function connect(url: string, options?: pg.ClientConfig): Promise<Database> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: (oid: number) => parsers[oid] ?? String },
    ...options,
  });
  client.on("error", () => {}); // the next query reports a lost connection
  await client.connect().catch((error) => {
    client.end().catch(() => {}); // an open socket would keep the process running
    throw error;
  });

  return {
    async query(statement, values = []) {
      const result = await client.query(statement, valueTexts(values));
      // Several statements in one text give several results. The last one counts.
      const { rows, rowCount, command } = Array.isArray(result) ? result.at(-1) : result;
      return { rows, count: rowCount ?? 0, command };
    },
    close: () => client.end(),
  };
}
`;
}
