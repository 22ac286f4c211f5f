import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { errorLines } from "../../classroom/learn/learn-page.ts";
import { explainFailure } from "../../classroom/learn/sentences.ts";
import type { Reason } from "../../runner/guide/outcome.ts";

const mine = join(process.cwd(), "exercises/pg/02-read.ts");
const place = `in ${relative(process.cwd(), mine)}, line 23`;

const pg = `${join(process.cwd(), "node_modules/pg/lib/client.js")}:694
          Error.captureStackTrace(err)
                ^

error: column "titel" does not exist
    at <anonymous> (${join(process.cwd(), "node_modules/pg/lib/client.js")}:694:17)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
    at async <anonymous> (${mine}:23:27) {
  length: 106,
  detail: undefined,
  hint: 'Perhaps you meant to reference the column "books.title".',
  code: '42703'
}

Node.js v20.20.2
`;

const drizzle = `file:///cache/programs/drizzle/02-read.mjs:12109
        throw new DrizzleQueryError(queryString, params, e);
              ^

_DrizzleQueryError: Failed query: SELECT 1 FROM nowhere
params: 
    at async file:///cache/programs/drizzle/02-read.mjs:12109:15
    at async ${mine}:23:17 {
  query: 'SELECT 1 FROM nowhere',
  [cause]: error: relation "nowhere" does not exist
      at Client.query (${mine}:99:1) {
    detail: undefined
  }
}
`;

test.each([
  [
    "pg",
    pg,
    [
      'error: column "titel" does not exist',
      'hint: Perhaps you meant to reference the column "books.title".',
      place,
    ],
  ],
  [
    "Drizzle",
    drizzle,
    [
      "_DrizzleQueryError: Failed query: SELECT 1 FROM nowhere",
      "params: ",
      'cause: error: relation "nowhere" does not exist',
      place,
    ],
  ],
  [
    "a step, which says it by itself",
    'Query failed.\n42P01: relation "nowhere" does not exist (02-read.ts, line 9)\n',
    ["Query failed.", '42P01: relation "nowhere" does not exist (02-read.ts, line 9)'],
  ],
  ["nothing", "", []],
])("of what %s writes, a learner sees what went wrong, and where", (_, stderr, lines) => {
  expect(errorLines(stderr)).toEqual(lines);
});

const exited: Reason = { kind: "exited", wanted: 0 };

test.each<[Reason, number | null, string, string | undefined]>([
  [
    { kind: "timed out", limit: 30_000 },
    null,
    "",
    "it timed out after 30 s. Is there a loop without an end, or",
  ],
  [exited, 13, "", "it ended while it waited for an answer that cannot come."],
  [{ kind: "exited", wanted: 1 }, 0, "", "it succeeded, but the guide documents an error"],
  [exited, 1, "Error: Connection terminated", "The connection was closed before this"],
  [exited, 1, "unterminated quoted string at or near", "A quote in the SQL is not closed"],
  [exited, 1, 'column "dune" does not exist', "Dune is a text. In SQL, write 'Dune',"],
  [exited, 1, "Error: There is no x. Run 01-create first.", "The task says Dune, and your"],
  [exited, 1, "TypeError: client.querry is not a function", "no function client.querry."],
  [exited, 1, "Error: nothing that is known", undefined],
])("a script that %j with %s, and wrote %j, is explained", (reason, exitCode, stderr, said) => {
  const failed = { kind: "failed", duration: 1, stdoutFile: "", reason, exitCode, stderr } as const;
  const texts = { solution: 'query("BEGIN"); query(x, ["Dune"])', source: '"BEGIN" "dune"' };
  const script = { kind: "script", ...texts } as const;
  const sentence = explainFailure(failed, script);
  if (said === undefined) expect(sentence).toBeUndefined();
  else expect(sentence).toContain(said);
});
