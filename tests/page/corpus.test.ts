import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { expectExit, sharedProject } from "../support/project.ts";

const directory = join(import.meta.dirname, "corpus");

interface Case {
  /** The first word of each line of `--list`. */
  readonly fates: string;
  /** The verdicts of the runs, in their order. */
  readonly verdicts: string;
  /** What the report must say, such as the line of an error. */
  readonly says?: readonly string[];
}

/** Pages that are read and run. */
const pages: Readonly<Record<string, Case>> = {
  comment: { fates: "SQL output", verdicts: "match" },
  "directive-client": {
    fates: "file file run output file run output",
    verdicts: "match match",
  },
  "directive-continue": {
    fates: "run continued output file continued run output SQL continued output",
    verdicts: "match match match",
  },
  "directive-exit": { fates: "file run output", verdicts: "match" },
  "directive-exit-differs": {
    fates: "file run output",
    verdicts: "error",
    says: ["exited with 0, not with 3"],
  },
  "directive-file": { fates: "file file run output", verdicts: "match" },
  "directive-ignore": { fates: "ignored ignored SQL output", verdicts: "match" },
  "directive-run": { fates: "run output run output", verdicts: "match match" },
  "directive-setup": { fates: "SQL SQL SQL output", verdicts: "match" },
  "directive-setup-fails": {
    fates: "SQL SQL output",
    verdicts: "error skipped",
    says: ["directive-setup-fails.md:3", 'type "integre" does not exist'],
  },
  "directive-volatile": {
    fates: "file run output SQL output run unverified",
    verdicts: "match match unverified",
  },
  "directive-volatile-differs": {
    fates: "file run output",
    verdicts: "drift",
    says: ["directive-volatile-differs.md:13", "-Ready in 12 ms.", "+Done in 12 ms."],
  },
  nesting: { fates: "SQL SQL output", verdicts: "unverified match" },
  "tabs-material": {
    fates: "file run file run output run output output",
    verdicts: "match match match",
  },
  "tabs-items": {
    fates: "file run output file run output",
    verdicts: "match match",
  },
  "tabs-items-differ": {
    fates: "file run output file run output",
    verdicts: "drift match",
    says: ["tabs-items-differ.md:15"],
  },
  "tabs-code-group": { fates: "file file run output", verdicts: "match", says: ["map, set"] },
  "tabs-other-choice": {
    fates: "preparation ignored file file file ignored file file run ignored output",
    verdicts: "match",
    says: ["clients: one, two"],
  },
  "tabs-labels-differ": {
    fates: "file file file file file file ignored run output output",
    verdicts: "match match",
    says: ["clients: one, two"],
  },
  "settings-front-matter": {
    fates: "settings SQL output SQL output file run output",
    verdicts: "match match match",
  },
  "settings-postgres": {
    fates: "settings SQL output",
    verdicts: "error skipped",
    says: ["settings-postgres.md:1", "the page is for PostgreSQL 99 or newer"],
  },
  "settings/folder": { fates: "settings SQL output SQL output", verdicts: "match match" },
  "settings/own": { fates: "settings SQL output", verdicts: "match" },
};

/** Pages that are refused, with what the message begins with. */
const refused: Readonly<Record<string, string>> = {
  "directive-client-unknown":
    'directive-client-unknown.md:4: There is no client "psycopg3". The clients: pg, postgres.',
  "directive-continue-nothing": 'directive-continue-nothing.md:4: "continue" has no file',
  "directive-ignore-expired":
    "directive-ignore-expired.md:3: The block was ignored until 2024-02-29.",
  "directive-run-language": 'directive-run-language.md:4: "run" cannot run the language "cobol"',
  "directive-unknown": 'directive-unknown.md:3: Unknown directive "skip". The directives: ignore,',
  "settings-unknown":
    'settings-unknown.md:4: Unknown field "timezone". The fields: timeZone, null,',
  "settings-wrong": 'settings-wrong.md:3: "postgres" is not like 16.',
  "directive-without-block":
    'directive-without-block.md:3: No block follows the directive "ignore".',
};

function run(page: string, ...choices: string[]) {
  const file = join(directory, `${page}.md`);
  const environment = { DATABASE_URL: inject("databaseUrl") };
  return sharedProject().guide(["--guide", file, ...choices], environment);
}

test("every page of the corpus has a case", () => {
  const cases = [...Object.keys(pages), ...Object.keys(refused)].map((name) => `${name}.md`);
  const all = readdirSync(directory, { encoding: "utf8", recursive: true });
  const files = all.filter((name) => name.endsWith(".md")).map((name) => name.replace("\\", "/"));
  expect(files.sort()).toEqual(cases.sort());
});

test.each(Object.entries(pages))("%s", async (page, { fates, verdicts, says = [] }) => {
  const list = await run(page, "--list");
  expectExit(list, 0);
  const found = list.stdout.trimEnd().split("\n");
  expect(found.map((line) => /^\S+ +(\w+)/.exec(line)?.[1]).join(" ")).toBe(fates);

  const result = await run(page, "--reporter", "terminal");
  const signs = /^[✓✗-] \S+ +(match|unverified|drift|divergence|error|skipped)\b/gm;
  const read = [...result.stdout.matchAll(signs)].map(([, verdict]) => verdict);
  expect(read.join(" "), result.stdout).toBe(verdicts);
  for (const text of says) expect(result.stdout).toContain(text);
  const isWrong = /drift|divergence|error|skipped/.test(verdicts);
  expectExit(result, isWrong ? 1 : 0);
});

test.each(Object.entries(refused))("%s is refused", async (page, message) => {
  const result = await run(page);
  expectExit(result, 2);
  expect(result.stderr).toContain(message);
});
