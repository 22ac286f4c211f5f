import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { isRecord } from "../../runner/common/json.ts";
import { sharedProject } from "../support/project.ts";

// One page for each convention, each rule and each fate. All are run by one command, on one server.
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
  "alternative-text": {
    fates: "SQL SQL SQL SQL output SQL output",
    verdicts: "unverified unverified unverified match drift",
    says: ["alternative-text.md:34"],
  },
  alternatives: {
    fates: "SQL SQL SQL SQL SQL SQL SQL output SQL output SQL SQL SQL output",
    verdicts:
      "unverified unverified unverified unverified unverified unverified match unverified unverified unverified drift",
    says: [
      "an earlier block made it",
      "is about another case",
      "it is an alternative to the above",
    ],
  },
  "output-of-any-look": {
    fates: `file ${"run output ".repeat(9)}run SQL ${"run output ".repeat(2)}run ignored`,
    verdicts:
      "drift drift drift match drift drift drift match match unverified unverified drift match unverified",
  },
  "second-output": {
    fates:
      "file run output unverified environment unverified run output unverified run output ignored run output SQL output ignored",
    verdicts: "match unverified unverified unverified match unverified match match match",
  },
  "plain-languages": {
    fates: "file run SQL output output preparation",
    verdicts: "match match drift",
  },
  "console-of-two-programs": {
    fates: "file run SQL run run SQL",
    verdicts: "match match unverified match unverified unverified drift",
    says: ["console-of-two-programs.md:32"],
  },
  "same-name-in-two-folders": {
    fates:
      "preparation file run output preparation file run unverified run unverified file not unverified",
    verdicts: "match unverified unverified unverified",
    says: ["in backend and in frontend"],
  },
  "file-of-a-program": {
    fates: "file file run file run output run file run output",
    verdicts: "unverified match unverified unverified",
    says: ["a program wrote book.json"],
  },
  warning: {
    fates: "SQL SQL output SQL output not SQL output",
    verdicts: "unverified match match unverified",
    says: ["the text above it says not to"],
  },
  "cell-of-two-lines": { fates: "SQL output SQL output", verdicts: "match match" },
  "copied-rows": {
    fates: "SQL SQL SQL output SQL output SQL output",
    verdicts: "unverified unverified unverified unverified match",
    says: ["an earlier statement was not sent"],
  },
  "doubts-elsewhere": {
    fates:
      "SQL SQL output SQL output SQL output SQL output SQL output SQL output SQL output SQL output SQL output SQL output",
    verdicts:
      "unverified unverified divergence divergence drift unverified drift drift unverified divergence drift",
    says: ["it depends on the time, or on chance", "the query does not say which rows"],
  },
  "error-codes": {
    fates: "SQL output SQL output SQL output SQL output SQL output SQL output",
    verdicts: "match match match match match drift",
    says: ["error-codes.md:51"],
  },
  "error-in-comment": {
    fates: "SQL SQL SQL SQL SQL SQL SQL SQL output",
    verdicts: "unverified error unverified error unverified unverified unverified unverified match",
    says: ["it fails, as the page says", "a comment in it may show an output"],
  },
  "error-unshown": {
    fates: "SQL output SQL output",
    verdicts: "unverified match unverified",
    says: ['relation "boks" does not exist'],
  },
  "error-not-announced": {
    fates: "SQL SQL SQL output",
    verdicts: "unverified error match",
    says: ["error-not-announced.md:11"],
  },
  "error-denied": {
    fates: "SQL SQL SQL output",
    verdicts: "error error drift",
    says: ["error-denied.md:3"],
  },
  "error-of-version": {
    fates: "SQL output SQL output",
    verdicts: "unverified drift",
    says: ["the message of another version", "error-of-version.md:17"],
  },
  "table-of-query": {
    fates: "SQL SQL output SQL output",
    verdicts: "unverified drift match",
    says: ["table-of-query.md:12"],
  },
  "made-twice": {
    fates: "SQL SQL output",
    verdicts: "error match",
    says: ['relation "pens" already exists'],
  },
  "newer-version": {
    fates: "SQL output SQL output",
    verdicts: "unverified match",
    says: ["the page is about PostgreSQL 99"],
  },
  "other-sessions": {
    fates: "SQL SQL output SQL not SQL output not SQL output",
    verdicts: "unverified unverified unverified unverified drift",
    says: ["speaks of another session", "it is for the user box, in line 25"],
  },
  "named-sessions": {
    fates:
      "SQL SQL output SQL SQL output SQL output SQL output SQL SQL SQL output SQL SQL SQL output SQL SQL SQL output SQL SQL SQL output SQL SQL SQL output SQL SQL SQL output SQL SQL SQL output SQL SQL output",
    verdicts:
      "unverified drift unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified unverified drift",
    says: ["speaks of another session"],
  },
  "rows-as-json": {
    fates: "SQL output SQL output SQL output SQL output",
    verdicts: "unverified unverified match drift",
    says: ["its form, JSON, is not compared with SQL"],
  },
  "psql-commands": {
    fates: "SQL SQL output SQL SQL output not",
    verdicts: "unverified unverified unverified match",
    says: ["psql's \\d is not supported", "it leaves psql"],
  },
  "results-in-another-order": { fates: "SQL output output", verdicts: "match match" },
  "outputs-of-their-own": {
    fates: "SQL output output SQL output output SQL output output output SQL output output",
    verdicts: "match drift match match match drift drift match drift",
    says: ["outputs-of-their-own.md:18", "+ 2", "outputs-of-their-own.md:65"],
  },
  "query-repeated": {
    fates: "SQL SQL output SQL output",
    verdicts: "unverified match drift",
    says: ["query-repeated.md:28"],
  },
  "rows-of-table": {
    fates: "SQL output SQL output SQL output",
    verdicts: "match unverified match",
    says: ["the block has no query"],
  },
  "statement-like-tag": { fates: "SQL SQL output", verdicts: "unverified match" },
  "style-set-beside": {
    fates: "SQL SQL SQL output file run output SQL SQL output",
    verdicts: "unverified unverified drift match unverified drift",
    says: ["style-set-beside.md:20", "-     2\n+     3"],
  },
  "style-set-before": {
    fates: "SQL output SQL output SQL output",
    verdicts: "match match drift",
    says: ["style-set-before.md:33"],
  },
  "syntax-slip": {
    fates: "SQL SQL output SQL SQL SQL output SQL SQL SQL SQL SQL SQL SQL output",
    verdicts:
      "unverified error error error error unverified unverified unverified unverified unverified unverified match",
    says: ['syntax error at or near "UPDAT"'],
  },
  syntax: {
    fates: "SQL SQL output SQL SQL output",
    verdicts: "unverified unverified unverified match",
    says: ["it is a part of a statement"],
  },
  "across-headings": { fates: "file run output ignored", verdicts: "match" },
  "continued-line": { fates: "file run output", verdicts: "match" },
  environment: {
    fates: "environment environment ignored file run output file run output run output run output",
    verdicts: "match match match drift",
    says: ["environment.md:71"],
  },
  "file-labels": { fates: "file file file file file run output", verdicts: "match" },
  "another-run": {
    fates:
      "file run output unverified unverified ignored ignored SQL output output output SQL output output",
    verdicts: "match unverified unverified match unverified match match match",
    says: ["nothing says for certain", "the output of the SQL above it is shown already"],
  },
  "announced-without-run": {
    fates:
      "file run output unverified unverified file unverified ignored SQL output SQL ignored run not",
    verdicts: "match unverified unverified unverified unverified unverified unverified unverified",
    says: [
      "nothing says for certain that it is an output",
      "announced-without-run.md:66",
      "it may be a command, and not an output",
    ],
  },
  "output-in-comment": {
    fates: "SQL output SQL SQL file run output not run ignored",
    verdicts:
      "match unverified unverified unverified unverified unverified unverified match unverified unverified unverified",
    says: [
      "output-in-comment.md:4",
      "output-in-comment.md:17",
      "output-in-comment.md:25",
      "output-in-comment.md:34",
      "output-in-comment.md:48",
      "output-in-comment.md:53",
    ],
  },
  "output-in-block": {
    fates: "SQL output ignored ignored SQL output not SQL unverified SQL output output",
    verdicts:
      "match unverified unverified unverified unverified unverified unverified unverified unverified match unverified",
    says: [
      "output-in-block.md:15",
      "output-in-block.md:23",
      "output-in-block.md:28",
      "output-in-block.md:43",
      "output-in-block.md:52",
      "it is not in a fenced block",
    ],
  },
  "environment-first-line": {
    fates: "environment file run output",
    verdicts: "unverified match",
  },
  "environment-file": { fates: "environment file run", verdicts: "match" },
  "file-written": {
    fates: "file run output file ignored file ignored",
    verdicts: "match unverified unverified",
    says: ["a program above may write this file", "file-written.md:21", "file-written.md:27"],
  },
  "file-added": {
    fates: "file file run output part run unverified",
    verdicts: "match unverified",
  },
  "file-mentioned": {
    fates: "file file ignored ignored run output not",
    verdicts: "match",
    says: ["write <!-- guide: file elsewhere.js --> before it"],
  },
  "file-mentioned-in-tabs": {
    fates: "file file run output",
    verdicts: "match",
    says: ["clients: map, set"],
  },
  tables: {
    fates: "SQL output SQL output SQL output SQL output SQL unverified",
    verdicts: "unverified match drift unverified unverified unverified",
    says: ["tables.md:27", "the table below it has other columns", "its output is not on the page"],
  },
  "below-command": {
    fates:
      "file run unverified run unverified run unverified file run not run output run output run output run output run output run output run output run output run output run output run output run output run unverified output run output run output run ignored run unverified",
    verdicts:
      "unverified unverified unverified unverified unverified unverified unverified unverified unverified match unverified unverified unverified match unverified unverified drift drift drift drift match unverified drift drift unverified unverified unverified",
    says: [
      "nothing says for certain that it is an output",
      "it may be code, and not an output",
      "it may be a command, and not an output",
      "nothing says that this is the output of the command above",
      "another block is clearly the output",
      "-NAME=Ann",
    ],
  },
  "printed-in-language": {
    fates:
      "file run output file run unverified file run file file run unverified file run SQL output",
    verdicts:
      "match unverified unverified unverified unverified unverified unverified unverified match",
    says: ["it may be what is printed: nothing on the page reads the file"],
  },
  "block-before-run": {
    fates: "file ignored run output file ignored run output file ignored run",
    verdicts: "match unverified unverified",
    says: ["the block in line 29 may change steps.js", "the block in line 51 may change fails.js"],
  },
  "block-unplaced": {
    fates:
      "file run output ignored run unverified file run output ignored run unverified file run output ignored run unverified file run output ignored run unverified file run output ignored run output file run output file run output file ignored run output run unverified file ignored run output ignored run unverified file run output ignored run unverified ignored file run output ignored run output",
    verdicts:
      "match unverified match unverified match unverified match unverified match match match drift match unverified match unverified match unverified match drift",
    says: [
      "the block in line 17 may change app.js",
      "the block in line 45 may change app.js",
      "the block in line 179 may change app.js",
    ],
  },
  "block-unplaced-in-module": {
    fates: "file file run output ignored run unverified file run output file file run output",
    verdicts: "match unverified match match",
    says: ["the block in line 21 may change number.js"],
  },
  "edit-in-text": {
    fates:
      "file run output run output run unverified file run output run output run unverified file run output",
    verdicts: "match drift unverified match drift unverified drift",
    says: ["the text above line 30 may ask to change app.js", "edit-in-text.md:60"],
  },
  "words-of-command": {
    fates: "file run output not unverified file run output file run output run",
    verdicts: "match unverified match match match",
    says: ["the command above it is not run"],
  },
  "stderr-beside-warning": { fates: "file run output", verdicts: "match" },
  "session-stderr": {
    fates: "file run run run",
    verdicts: "match drift error",
    says: ["session-stderr.md:24", "+one\n failed: two"],
  },
  "file-shorter": {
    fates: "file ignored run output part run unverified",
    verdicts: "match unverified",
    says: ["a part of app.js, so it was not run"],
  },
  "file-part": { fates: "file run output part run unverified", verdicts: "match unverified" },
  "file-replaced": { fates: "file run output file run output", verdicts: "match match" },
  "file-sentence": { fates: "file file ignored run output", verdicts: "match" },
  "hostile-commands": {
    fates: "file not run not not not file run output",
    verdicts: "unverified match",
    says: ["it needs a shell", "it runs no file of the page"],
  },
  "hostile-fence": { fates: "SQL output", verdicts: "drift", says: ["hostile-fence.md:8"] },
  "hostile-paths": { fates: "ignored ignored ignored ignored SQL output", verdicts: "match" },
  "hostile-sql": {
    fates: "SQL output SQL SQL SQL",
    verdicts: "match unverified unverified unverified",
  },
  "output-of-command": {
    fates: "file run output not unverified",
    verdicts: "match unverified",
    says: ["the command above it is not run"],
  },
  "output-of-its-own": {
    fates: "unverified SQL file run output unverified run unverified",
    verdicts: "unverified match unverified unverified",
    says: [
      "nothing above it is run",
      "the code above has another output",
      "what is above it only prepares",
      "output-of-its-own.md:36",
    ],
  },
  "table-of-console": { fates: "file run output", verdicts: "match" },
  "modules-of-its-own": { fates: "preparation file file file run output", verdicts: "match" },
  "psql-file": {
    fates: "file run output SQL output",
    verdicts: "match match",
    says: ["clients: pg, postgres"],
  },
  "psql-file-sentence": {
    fates: "file SQL run SQL output",
    verdicts: "unverified unverified match",
  },
  "tabs-differ": {
    fates: "SQL file environment file environment run output SQL output part file run output",
    verdicts: "unverified divergence divergence divergence",
    says: ["+++ two printed\n@@ -1,1 +1,1 @@\n-one", "+++ one printed", "-three"],
  },
  folders: {
    fates: "file file run output run output run output run output",
    verdicts: "match drift match unverified drift",
    says: ["+server server", "-server project"],
  },
  "lines-taken-out": {
    fates: "file run output file run output part run unverified file run output SQL output",
    verdicts: "match match unverified drift match",
    says: ["a part of app.mjs", "-last\n+last 1"],
  },
  "tabs-of-generators": {
    fates: "file file run output ".repeat(9).trim(),
    verdicts: "divergence ".repeat(9).trim(),
    says: ["clients: one, two"],
  },
  "tabs-sentence": {
    fates: "file file file run output",
    verdicts: "match",
    says: ["clients: one, two"],
  },
  session: { fates: "file run file run", verdicts: "match match match" },
  "unrun-in-session": {
    fates: "file run run run",
    verdicts: "match unverified unverified unverified match match",
    says: ["unrun-in-session.md:9", "unrun-in-session.md:11", "the command above it is not run"],
  },
  "unrun-in-block": {
    fates: "file file run output run unverified run unverified",
    verdicts: "match unverified unverified unverified",
    says: ["is not run: curl localhost:3000.", "in line 28, changes word.js"],
  },
  "code-changes-rows": {
    fates: "SQL ignored SQL output ignored SQL output SQL ignored SQL output",
    verdicts: "unverified match unverified unverified unverified",
    says: ["it comes after code that is not run, in line 26."],
  },
  "tabs-outputs": {
    fates: "file file run output output run output output",
    verdicts: "drift match match match",
    says: ["tabs-outputs.md:28"],
  },
  "unrun-changes-files": {
    fates: `file not run output ${"not run unverified file ".repeat(6)}run output`,
    verdicts: `match ${"unverified ".repeat(6)}match`,
    says: ["in line 28, may change app.js.", "in line 76, changes app.js."],
  },
  "unrun-changes-database": {
    fates:
      "SQL not SQL output SQL output file run output file run output not unverified SQL SQL output",
    verdicts: "unverified unverified match match unverified unverified unverified unverified",
    says: [
      "it comes after a command that is not run, in line 7",
      "an earlier statement failed",
      "unrun-changes-database.md:67",
    ],
  },
  "here-document": {
    fates: "file run output not unverified",
    verdicts: "match unverified",
    says: ["it needs a shell"],
  },
  "files-that-programs-read": {
    fates: "file file run output not file run output not file run unverified",
    verdicts: "match drift unverified",
    says: [
      "files-that-programs-read.md:35",
      "a command that is not run, in line 38, changes data.txt",
    ],
  },
  includes: {
    fates: `${"not ".repeat(9)}ignored not ignored SQL output`,
    verdicts: "match",
    says: ["it includes ./_steps.mdx", "it includes /sql/query.md", "it includes seventh.py"],
  },
  "part-of-another-file": {
    fates: "file file run output part run unverified",
    verdicts: "match unverified",
    says: ["a part of word.js, so it was not run"],
  },
  "file-reset": {
    fates: "file file run output file run output",
    verdicts: "unverified match match",
  },
  "one-of-several": {
    fates: "file run output run output",
    verdicts: "unverified unverified unverified match",
    says: ["the output of only one of the commands"],
  },
  "file-again": {
    fates:
      "file run output file run output part run unverified file run output part run unverified",
    verdicts: "match match unverified match unverified",
  },
  "output-in-language": {
    fates: "file run output run output run unverified run unverified SQL unverified",
    verdicts: "match drift unverified unverified unverified unverified unverified",
    says: [
      "output-in-language.md:24",
      "it may be code, and not an output",
      "the block in line 33 may change app.js",
      "its form, csv, is not compared with SQL",
    ],
  },
  "tables-apart": {
    fates:
      "SQL output SQL output output SQL output output SQL unverified output unverified file run unverified output unverified SQL output output ignored",
    verdicts:
      "match match match match unverified match unverified unverified drift unverified unverified match unverified",
    says: ["nothing says that the table is an output of the SQL above it"],
  },
  "output-typed": {
    fates: `SQL output ${"ignored ".repeat(7)}not SQL SQL file run`,
    verdicts: `match ${"unverified ".repeat(10)}unverified`,
  },
  "tables-elsewhere": {
    fates:
      "SQL output SQL output SQL output SQL unverified SQL unverified SQL unverified SQL unverified",
    verdicts:
      "drift match match unverified unverified unverified unverified unverified unverified unverified unverified",
    says: [
      "tables-elsewhere.md:9",
      "the table has markup in it",
      "a row of the table has no pipes at its ends",
      "nothing says that the table is an output",
      "it is HTML",
    ],
  },
  "session-differs": {
    fates: "file run",
    verdicts: "match drift",
    says: ["session-differs.md:12", "-called with c", "+called with b"],
  },
  "several-commands": { fates: "file run output output", verdicts: "match match" },
  "sql-error-differs": {
    fates: "SQL output",
    verdicts: "drift",
    says: ["sql-error-differs.md:8", "division by zero"],
  },
  "sql-errors": { fates: "SQL output SQL output", verdicts: "match match" },
  "sql-forms": {
    fates: "SQL output SQL output SQL output SQL output SQL output",
    verdicts: "match match match match match",
  },
  "sql-in-plain-block": { fates: "SQL output", verdicts: "match" },
  "sql-not-verified": {
    fates: "SQL output SQL output SQL output SQL SQL",
    verdicts: "match unverified unverified unverified unverified",
  },
  "sql-several-outputs": { fates: "SQL output output", verdicts: "match match" },
  tree: { fates: "SQL ignored output SQL output", verdicts: "match drift" },
  "without-output": { fates: "file run SQL output", verdicts: "unverified match" },
  "wrong-caught": {
    fates: "file run output",
    verdicts: "drift",
    says: ["wrong-caught.md:16", "+Connection failed."],
  },
  "wrong-command": {
    fates: "file file run output run output",
    verdicts: "match drift",
    says: ["wrong-command.md:24", "-one", "+two"],
  },
  "wrong-count": { fates: "SQL output", verdicts: "drift", says: ["wrong-count.md:8", "(2 rows)"] },
  "wrong-exit": { fates: "file run output", verdicts: "error", says: ["exited with 2"] },
  "wrong-first-line": {
    fates: "file run output",
    verdicts: "drift",
    says: ["wrong-first-line.md:13", "+Connection established"],
  },
  "wrong-function": {
    fates: "SQL output",
    verdicts: "error",
    says: ["wrong-function.md:8", "function initcap(integer) does not exist"],
  },
  "wrong-header": { fates: "SQL output", verdicts: "drift", says: ["wrong-header.md:8", "letter"] },
  "wrong-header-of-empty": {
    fates: "SQL SQL output SQL output",
    verdicts: "unverified unverified drift",
    says: ["the page does not fill boxes", "wrong-header-of-empty.md:23"],
  },
  "wrong-in-list": { fates: "SQL output", verdicts: "drift", says: ["wrong-in-list.md:10"] },
  "wrong-order": { fates: "SQL output", verdicts: "drift", says: ["wrong-order.md:8"] },
  "wrong-rows-of-table": {
    fates: "SQL SQL output",
    verdicts: "unverified drift",
    says: ["wrong-rows-of-table.md:15"],
  },
  "wrong-result": {
    fates: "SQL output SQL output SQL output",
    verdicts: "match drift match",
    says: ["wrong-result.md:20"],
  },
  "wrong-row-missing": { fates: "SQL output", verdicts: "drift", says: ["wrong-row-missing.md:8"] },
  "wrong-second-output": {
    fates: "SQL output output",
    verdicts: "match drift",
    says: ["wrong-second-output.md:26"],
  },
  "wrong-statement": {
    fates: "SQL SQL output SQL output",
    verdicts: "unverified error drift",
    says: ["wrong-statement.md:13", "wrong-statement.md:23"],
  },
  comment: { fates: "SQL output", verdicts: "match" },
  "directive-client": {
    fates: "file file run output file run output",
    verdicts: "match match",
  },
  "directive-hides-text": {
    fates: "SQL SQL ignored SQL output",
    verdicts: "unverified error match",
    says: ["it fails, as the page says"],
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
    says: ["directive-setup-fails.md:3", 'setup failed: ERROR: type "integre" does not exist'],
  },
  "directive-volatile": {
    fates: "file run output SQL output run unverified",
    verdicts: "match match unverified",
  },
  "directive-volatile-any": {
    fates: "SQL output SQL unverified",
    verdicts: "match unverified",
  },
  "directive-volatile-differs": {
    fates: "file run output",
    verdicts: "drift",
    says: ["directive-volatile-differs.md:13", "-Ready in 12 ms.", "+Done in 12 ms."],
  },
  "directive-volatile-sql": {
    fates: "SQL output SQL output SQL SQL output SQL output SQL ignored",
    verdicts: "match divergence match drift match drift unverified",
    says: ["directive-volatile-sql.md:30", "-    1 | 2025-03-04", "+    2 | 2025-03-04"],
  },
  "directive-volatile-first": { fates: "SQL output", verdicts: "match" },
  "directive-volatile-run": {
    fates: "file run run",
    verdicts: "match drift",
    says: ["directive-volatile-run.md:16", "-Ready in 12 ms.", "+Done in 12 ms."],
  },
  "stderr-varies": {
    fates: "file run output run run output",
    verdicts: "match match drift",
    says: ["-In main.js, after 12 ms", "+In app.js, after 12 ms"],
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
    fates:
      "preparation ignored file file file ignored file file run ignored output SQL SQL ignored SQL output SQL SQL SQL output",
    verdicts: "match unverified unverified match unverified unverified match",
    says: ["clients: one, two"],
  },
  "tabs-not-chosen": {
    fates: "file file run output run output unverified unverified ignored unverified",
    verdicts: "match match unverified unverified unverified",
    says: ["a reader who chose one or two does not follow it"],
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

/** Pages that are not run, with what the report says. */
const refused: Readonly<Record<string, string>> = {
  empty: "state: nothing",
  "directive-client-unknown":
    'directive-client-unknown.md:4: There is no client "psycopg3". The clients: pg, postgres.',
  "directive-continue-nothing": 'directive-continue-nothing.md:4: "continue" has no file',
  "directive-ignore-expired":
    "directive-ignore-expired.md:3: The block was ignored until 2024-02-29.",
  "directive-run-language": 'directive-run-language.md:4: "run" cannot run the language "cobol"',
  "directive-volatile-misplaced":
    'directive-volatile-misplaced.md:8: "volatile" goes before an output. This block is a command.',
  "directive-volatile-query":
    'directive-volatile-query.md:4: "volatile" goes before an output. This block is SQL.',
  "directive-before-table":
    "directive-before-table.md:5: A directive is before this table, which is not an output.",
  "fence-never-ends":
    "fence-never-ends.md:13: The block never ends, and the blocks below it are in it.",
  "directive-unknown": 'directive-unknown.md:3: Unknown directive "skip". The directives: ignore,',
  "settings-unknown":
    'settings-unknown.md:4: Unknown field "timezone". The fields: timeZone, null,',
  "settings-wrong": 'settings-wrong.md:3: "postgres" is not like 16.',
  "directive-without-block":
    'directive-without-block.md:3: No block follows the directive "ignore".',
};

/** What the two commands say about a page. */
interface Found {
  fates: string;
  verdicts: string;
  said: string;
}

let reading: Promise<Map<string, Found>> | undefined;

/** What is found in a page. The first test that asks has them all listed and run. */
async function find(page: string): Promise<Found | undefined> {
  reading ??= readAll();
  return (await reading).get(page);
}

async function readAll(): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  const foundOf = (file: string): Found => {
    const name = /corpus\/(.+)\.md$/.exec(file.replaceAll("\\", "/"))?.[1] ?? file;
    const one = found.get(name) ?? { fates: "", verdicts: "", said: "" };
    found.set(name, one);
    return one;
  };
  const { guide } = sharedProject();
  const all = ["--guide", join(directory, "**/*.md")];
  const environment = { DATABASE_URL: inject("databaseUrl") };

  let page: Found | undefined;
  for (const line of (await guide([...all, "--list"], environment)).stdout.split("\n")) {
    const [, fate] = /^\S+\.md:\d+ {2}(\w+)/.exec(line) ?? [];
    if (/^\S+\.md$/.test(line)) page = foundOf(line);
    else if (page && fate !== undefined) page.fates = `${page.fates} ${fate}`.trim();
  }
  const { stdout } = await guide([...all, "--reporter", "json"], environment);
  const report: unknown = JSON.parse(stdout);
  for (const one of listOf(report, "guides")) {
    const own = foundOf(String(one.name));
    own.said = `state: ${one.state}\nclients: ${String(one.clients).replaceAll(",", ", ")}\n${one.failure}\n`;
    own.said += listOf(one, "blocks").map(({ what }) => `${what}\n`);
    const seen = new Set<unknown>();
    for (const run of listOf(one, "runs")) {
      own.said += [run.golden, run.reason, run.diff, run.stdout].join("\n");
      if (!seen.has(run.step)) own.verdicts = `${own.verdicts} ${run.verdict}`.trim();
      seen.add(run.step);
    }
  }
  return found;
}

function listOf(value: unknown, name: string): Record<string, unknown>[] {
  const list = isRecord(value) ? value[name] : undefined;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

test("every page of the corpus has a case", () => {
  const cases = [...Object.keys(pages), ...Object.keys(refused)].map((name) => `${name}.md`);
  const all = readdirSync(directory, { encoding: "utf8", recursive: true });
  const files = all.filter((name) => name.endsWith(".md")).map((name) => name.replace("\\", "/"));
  expect(files.sort()).toEqual(cases.sort());
});

/** The first test waits until all pages have been run, on a machine that does other work. */
const timeout = 600_000;

test.each(Object.entries(pages))(
  "%s",
  { timeout },
  async (page, { fates, verdicts, says = [] }) => {
    const one = await find(page);
    expect(one?.fates).toBe(fates);
    expect(one?.verdicts, one?.said).toBe(verdicts);
    for (const text of says) expect(one?.said).toContain(text);
  },
);

test.each(Object.entries(refused))("%s is not run", { timeout }, async (page, message) => {
  expect((await find(page))?.said).toContain(message);
});
