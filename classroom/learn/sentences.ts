import type { Exercise } from "../../runner/guide/exercises.ts";
import { describeReason, type Failed } from "../../runner/guide/outcome.ts";
import type { Unawaited } from "./awaits.ts";

/** The script that failed, and what it is compared with. */
export interface FailedScript {
  readonly kind: Exercise["kind"];
  /** The learner's script. */
  readonly source: string;
  /** It has the names and the texts that are right. */
  readonly solution: string;
}

/** Name a query that nothing waits for. */
export function sayUnawaited({ kind, call }: Unawaited): string {
  return kind === "loop"
    ? `Nothing waits for the queries of ${call}: the script goes on before the answers are there. Write: for (const one of …) await …`
    : `Nothing waits for ${call}: the script goes on before the answer is there. Write await before it.`;
}

/**
 * Say in plain words why a script failed, where PostgreSQL's or Node's own words are not plain to a beginner.
 * @returns a sentence or two; undefined if the error says it well enough, or is not known
 */
export function explainFailure(failed: Failed, script: FailedScript): string | undefined {
  for (const [pattern, explain] of explanations) {
    const match = pattern.exec(failed.stderr);
    const sentence =
      match && (typeof explain === "string" ? explain : explain(match, script, failed));
    if (sentence) return sentence;
  }
  return explainEnd(failed);
}

/** How the process ended may say it, where it wrote nothing about it. */
function explainEnd(failed: Failed): string | undefined {
  const { reason, exitCode } = failed;
  if (reason.kind === "timed out") {
    return `it ${describeReason(failed)}. Is there a loop without an end, or a query that waits for a connection that is not released?`;
  }
  if (reason.kind === "exited" && exitCode === 0) {
    return "it succeeded, but the guide documents an error. Is the error caught?";
  }
  return exitCode === UNSETTLED
    ? "it ended while it waited for an answer that cannot come. Does it connect before the first query?"
    : undefined;
}

/** Node's exit code for an await at the top level that nothing can end. */
const UNSETTLED = 13;

/** Add to a compiler's message what learners do most often. */
export function explainBroken(message: string): string {
  const isSql = /found "(TABLE|INTO|FROM|SET|books|\*)"/.test(message);
  const advice = isSql
    ? "SQL is a string in your script: put it between quotes or backticks."
    : "Is a quote, a backtick or a bracket before it not closed?";
  const what = message.replace(/ Fix it, and run again\.$/, ""); // a save runs it
  return /Expected|Unterminated|Unexpected/.test(what) ? `${what} ${advice}` : message;
}

/**
 * Say in what an output differs, where that has a usual cause.
 * @param diff in unified form: "-" is expected, "+" is the learner's
 * @returns undefined if the diff says it well enough
 */
export function explainDiff(diff: string): string | undefined {
  const lines = diff.split("\n").filter((line) => !/^(---|\+\+\+) /.test(line));
  const [expected, own] = ["-", "+"].map((sign) =>
    lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1)),
  );
  if (!expected || !own) return undefined;
  if (own.length === 0) return "it does not print all lines: those with - are missing.";
  if (expected.length === 0) return "it prints more than the guide documents: the lines with +.";
  if (expected.toSorted().join("\n") === own.toSorted().join("\n")) {
    return "it prints the right lines in another order (- expected, + yours). Does ORDER BY say which comes first?";
  }
  const hasNoValue = (line: string) => /\bundefined\b/.test(line);
  return own.some(hasNoValue) && !expected.some(hasNoValue)
    ? "it prints undefined (+ is yours). Is a column not in the SELECT, or does it have another name?"
    : undefined;
}

type Explain = (match: RegExpExecArray, script: FailedScript, failed: Failed) => string | undefined;

const explanations: readonly (readonly [RegExp, string | Explain])[] = [
  [
    /column "?([^"\n]+?)"?(?: of relation "([^"\n]+)")? does not exist/,
    ([, name = "", table], { solution }, { stderr }) => {
      const names = solution.match(/\b[a-z_]{3,}\b/g) ?? [];
      // PostgreSQL makes a name without quotes lowercase.
      const text = textsIn(solution).find((one) => one.toLowerCase() === name);
      if (text) return `${text} is a text. In SQL, write '${text}', or send it next to the SQL.`;
      const isCamel = (one: string) => one.replaceAll("_", "") === name.toLowerCase();
      const camel = names.find((one) => one !== name && isCamel(one));
      if (!camel && /[^a-z0-9_.]/.test(name)) {
        return `In SQL, double quotes are for names, so "${name}" is looked for as a column. Write a text as '${name}', or send it next to the SQL.`;
      }
      const [, hinted] =
        /Perhaps you meant to reference the column "(?:\w+\.)?(\w+)"/.exec(stderr) ?? [];
      const meant = camel ?? hinted ?? names.find((one) => isAlmost(one, name));
      const where = table ? ` in ${table}` : "";
      return `There is no column ${name}${where}. ${meant ? `Did you mean ${meant}?` : "Is it spelt as in CREATE TABLE?"}`;
    },
  ],
  [
    /type "([^"\n]+)" does not exist/,
    ([, name = ""]) => {
      const meant = types.find((one) => isAlmost(one, name));
      return `There is no type ${name}. ${meant ? `Did you mean ${meant}?` : "Is it spelt as in the task?"}`;
    },
  ],
  [
    /relation "([^"\n]+)" does not exist/,
    ([, name = ""], { solution }) => {
      const tables = solution.matchAll(
        /\b(?:FROM|INTO|UPDATE|TABLE(?: IF (?:NOT )?EXISTS)?) +(\w+)/gi,
      );
      const meant = [...tables].map(([, table = ""]) => table).find((one) => isAlmost(one, name));
      if (meant) return `There is no table ${name}. Did you mean ${meant}?`;
      return `There is no table ${name} yet. CREATE TABLE has to come first, with await before it.`;
    },
  ],
  [
    /relation "([^"\n]+)" already exists/,
    ([, name]) => `There is a table ${name} already: it was created before this line.`,
  ],
  [
    /syntax error at (?:or near "([^"\n]+)"|end of input)/,
    ([, near]) =>
      near
        ? `PostgreSQL does not understand the SQL at "${near}". Look at it, and at what is just before it: a comma, a quote, a word too many or misspelt?`
        : "The SQL ends too early. Is something missing at its end?",
  ],
  [
    /unterminated quoted string/,
    "A quote in the SQL is not closed. Is it a part of a value? Send the value next to the SQL.",
  ],
  [
    /null value in column "([^"\n]+)" of relation "([^"\n]+)"/,
    ([, column, table]) => `${table}.${column} must not be NULL, but no value came for it.`,
  ],
  [
    /bind message supplies|could not determine data type of parameter/,
    (_, { source }) =>
      /'\$[\d{][^'\n]*'/.test(source)
        ? "A placeholder between quotes is only a text. Leave the quotes out, as in title = $1."
        : undefined,
  ],
  [
    /bind message supplies (\d+) parameters?, but prepared statement "[^"]*" requires (\d+)/,
    ([, given, wanted]) =>
      `The SQL has ${wanted} placeholder${wanted === "1" ? "" : "s"}, such as $1, but ${given} value${given === "1" ? "" : "s"} came with it.`,
  ],
  [
    /there is no parameter \$(\d+)/,
    ([, number]) => `The SQL has $${number}, but no value came for it: add the list of values.`,
  ],
  [
    /invalid input syntax for type (\w+): "([^"\n]*)"/,
    ([, type, text]) =>
      `"${text}" is not a value of the type ${type}. Are the values in the order of the columns?`,
  ],
  [
    /operator does not exist: (?:character varying|text) = integer/,
    "A text is compared with a number. Write it as a text, between single quotes.",
  ],
  [
    /operator does not exist: .* (==|===|!=|!==|&&|\|\|) \S+$/m,
    ([, sign]) => `SQL has no ${sign}. It has = and <>, AND and OR.`,
  ],
  [
    /must appear in the GROUP BY clause/,
    "A sum of all rows and a column of one row don't fit into one SELECT. Write the sum as (SELECT sum(…) FROM …).",
  ],
  [
    /calling client\.query\(\) when the client is already executing/i,
    "A client of pg sends one query after the other. Wait for each of them: for (const one of …) await client.query(…).",
  ],
  [
    /Query values must be an array|callback is not a function/,
    'The values of a query are a list, next to the SQL: ["Dune", 1965].',
  ],
  [
    /value too long for type ([\w ]+\(\d+\))/,
    ([, type]) => `A text is longer than the column's type, ${type}, allows.`,
  ],
  [
    /duplicate key value violates unique constraint "([^"\n]+)"/,
    ([, name]) => `There is a row with this value already: ${name} allows it once.`,
  ],
  [
    /INSERT has more (expressions|target columns) than/,
    ([, more]) =>
      more === "expressions"
        ? "The INSERT has more values than columns."
        : "The INSERT has more columns than values.",
  ],
  [
    /Client was closed|Connection terminated$|CONNECTION_ENDED|close\(\) was called|Client has encountered a connection error/m,
    "The connection was closed before this query. Is an await missing before an earlier one?",
  ],
  [
    /UNSAFE_TRANSACTION/,
    "A transaction needs one connection for all of it: use sql.begin(…), or only one connection, with max: 1.",
  ],
  [
    /Cannot access '(\w+)' before initialization/,
    ([, name]) => `${name} is used above the line that makes it.`,
  ],
  [
    /ReferenceError: (\w+) is not defined/,
    ([, name]) =>
      `This line uses ${name}, and nothing above it has this name. What did you call it?`,
  ],
  [
    /NOT_TAGGED_CALL|TypeError: sql\.(query|execute) is not a function/,
    "With postgres.js, a query is between backticks, right after sql: sql`SELECT …`.",
  ],
  [
    /TypeError: ([\w.]+) is not a function/,
    ([, name]) => `There is no function ${name}. Is its name right?`,
  ],
  [/UNDEFINED_VALUE/, "A value that is sent next to the SQL is undefined. Is its name right?"],
  [
    /TypeError: Cannot read properties of undefined \(reading '(\w+)'\)/,
    ([, name]) =>
      `The script looks for .${name} in something that is undefined. Is it in the result, or in a row of it? And is there an await?`,
  ],
  [
    /^Error: (.+)\. Run [\w-]+ first\.$/m,
    ([, what], script) =>
      otherCase(script) ??
      `${what}: no row was found. Does the WHERE say what the task says? Texts have to be the same, letter by letter.`,
  ],
  [
    /The step ended before its work was done/,
    "The step had to wait for an answer, and none came. Does connect connect, and is each promise resolved?",
  ],
  [
    /CONNECT_TIMEOUT/,
    (_, { kind }) =>
      kind === "driver"
        ? "Your connect did not end in time. Does its promise resolve when the connection is there?"
        : undefined,
  ],
  [
    /TypeError: .*is not iterable/,
    "What the loop goes through is not a list. Is it the rows of the result, and is await before the query?",
  ],
];

/** The types of columns that beginners use, as they write them in lowercase. */
const types = "varchar integer int boolean serial text numeric date timestamp timestamptz".split(
  " ",
);

/** True for a name that differs in a letter or two, or in its plural. */
function isAlmost(name: string, other: string): boolean {
  if (name === other) return false;
  const [long, short] = name.length > other.length ? [name, other] : [other, name];
  if (long.length - short.length > 2 || short.length < 3) return false;
  let start = 0;
  while (start < short.length && long[start] === short[start]) start += 1;
  let end = 0;
  while (end < short.length - start && long.at(-1 - end) === short.at(-1 - end)) end += 1;
  return long.length - start - end <= 2;
}

/** A text in the script which the solution has with other capitals: to a WHERE, it is another text. */
function otherCase({ source, solution }: FailedScript): string | undefined {
  const right = textsIn(solution);
  for (const text of textsIn(source)) {
    const meant = right.find((one) => one.toLowerCase() === text.toLowerCase());
    if (meant === undefined || right.includes(text)) continue;
    return `The task says ${meant}, and your script ${text}: in a string, upper and lower case differ.`;
  }
  return undefined;
}

/** Short texts between quotes. */
function textsIn(source: string): string[] {
  const texts = source.matchAll(/(?:'|"|`)([\p{L}\p{N} .]{3,40})(?:'|"|`)/gu);
  return [...texts].flatMap(([, text]) => text ?? []);
}
