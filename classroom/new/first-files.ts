/** A step of a new guide, and what it prints. */
interface FirstStep {
  readonly name: string;
  readonly source: (module: string) => string;
  readonly output: string;
}

/** What a new guide begins with: small enough to be thrown away, whole enough to be verified. */
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

What a step prints is compared with its file in \`expected/\`. Rows come in an order that the query
names.
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
  "runs": ["01-create", "02-read"],
  "tables": ["notes"]
}
`;

/** `steps/before.md` */
export const firstIntroduction = `This is the introduction: what the guide is about, and what a reader needs.
`;

/** @param command what verifies the guide */
export function readmeTemplate(command: string): string {
  return `# A new guide

\`steps/\` has the guide: small scripts, each with its text at its head. \`expected/\` has what they print.
\`steps/guide.json\` has the title, the order of the steps, and the tables that they may replace.

\`\`\`sh
${command}                  # follow it, step by step
${command} --yes            # run it with every driver, and verify what it prints
${command} --update         # take what the drivers agree on as the new outputs
${command} --reporter json  # for programs
\`\`\`

No database is needed: without \`DATABASE_URL\`, the guide runs on a PostgreSQL of its own.
`;
}

/**
 * A workflow of GitHub Actions. A name is written in JSON, which is YAML, too: by itself, it might mean
 * something else.
 * @param place the directory of the package.json, as seen from the repository
 * @param command what verifies the guide, in that place
 */
export function workflowTemplate(place: string, command: string): string {
  const where =
    place === "."
      ? ""
      : `    defaults:\n      run:\n        working-directory: ${JSON.stringify(place)}\n`;
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
      - run: npm ci
      - run: ${JSON.stringify(command)}
`;
}
