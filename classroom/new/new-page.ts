import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { commandFor, packageName } from "../../runner/common/project.ts";
import { nearestPackage } from "../../runner/guide/load-guide.ts";
import { planWorkflow } from "./workflow.ts";
import { show, writeNew } from "./write-new.ts";

/**
 * `new page NAME`: write a page with SQL and two tabs, which is verified as it is. In a project, write a workflow that
 * verifies it, too.
 * @param name of the page, with or without its ending
 * @returns what to do next
 * @throws Failure of kind "usage" for a file that exists already, and for a name that is a directory's
 */
export function newPage(name: string): string {
  if (/(^|[\\/])\.*$/.test(name)) {
    throw new Failure("usage", `"${name}" names no file. Write a name such as docs/notes.`);
  }
  const file = resolve(/\.mdx?$/.test(name) ? name : `${name}.md`);
  const words = basename(file)
    .replace(/\.mdx?$/, "")
    .replaceAll(/[-_]+/g, " ");
  const title = words.replace(/^./, (letter) => letter.toUpperCase());
  // The workflow installs what the package lists, and runs the runner that is in it.
  const nearest = nearestPackage(dirname(file));
  const workflow = nearest && planWorkflow(file, dirname(nearest.file));
  const files = new Map([[file, pageTemplate(title)]]);
  if (workflow?.text !== undefined) files.set(workflow.file, workflow.text);
  writeNew(files);
  const command = commandFor(file);
  const isListed = !nearest || readFileSync(nearest.file, "utf8").includes(packageName);
  const install = `For the workflow, install ${packageName} in the project, and commit its lock file.\n`;
  return `Wrote ${show(file)}${workflow?.said ?? ".\n"}${isListed ? "" : install}Next: see what it runs, verify it, and update its outputs after a change:
  ${command} --list
  ${command} --yes
  ${command} --update
`;
}

function pageTemplate(title: string): string {
  return `# ${title}

This page reads notes from PostgreSQL, with SQL and from JavaScript. Its outputs are verified.

## Create a table

\`\`\`sql
CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL);
INSERT INTO notes VALUES (1, 'Buy milk'), (2, 'Water the plants');
SELECT * FROM notes ORDER BY id;
\`\`\`

\`\`\`text
 id |       text
----+------------------
  1 | Buy milk
  2 | Water the plants
(2 rows)
\`\`\`

## Read it

Install the library that you like, and \`dotenv\`, which reads the connection string from a file:

\`\`\`sh
npm install pg postgres dotenv
\`\`\`

\`\`\`ini title=".env"
DATABASE_URL="postgresql://user:password@host/database"
\`\`\`

Create a file named \`read.mjs\`:

<CodeTabs labels={["pg", "postgres"]}>

\`\`\`js title="read.mjs"
import "dotenv/config";
import pg from "pg";

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
const { rows } = await client.query("SELECT id, text FROM notes ORDER BY id");
for (const { id, text } of rows) console.log(\`\${id}. \${text}\`);
await client.end();
\`\`\`

\`\`\`js title="read.mjs"
import "dotenv/config";
import postgres from "postgres";

const sql = postgres(process.env.DATABASE_URL);
const rows = await sql\`SELECT id, text FROM notes ORDER BY id\`;
for (const { id, text } of rows) console.log(\`\${id}. \${text}\`);
await sql.end();
\`\`\`

</CodeTabs>

Run it:

\`\`\`sh
node read.mjs
\`\`\`

It prints:

\`\`\`text title="Output"
1. Buy milk
2. Water the plants
\`\`\`
`;
}
