import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { loadCourse } from "../../classroom/learn/course.ts";
import { writeStarters } from "../../classroom/learn/exercise-files.ts";
import { learnCourse } from "../../classroom/learn/learn-loop.ts";
import { exercisePage, solutionDiff, verdictOf } from "../../classroom/learn/learn-page.ts";
import { recordHints } from "../../classroom/learn/progress.ts";
import { checkLearnersTypes } from "../../classroom/learn/types.ts";
import { Failure } from "../../runner/common/failure.ts";
import { hidePassword } from "../../runner/common/secrets.ts";
import { visible } from "../../runner/common/visible.ts";
import { readCourses } from "../../runner/guide/exercises.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { splitRegions } from "../../runner/guide/step-source.ts";
import { expectRefused, expectReport } from "../support/command.ts";
import { filesIn } from "../support/files.ts";
import { makeGuide } from "../support/guide.ts";
import {
  copyProject,
  copySmallProject,
  expectExit,
  keepExercises,
  sharedProject,
} from "../support/project.ts";
import { otherGuide } from "../support/shell-guide.ts";

const given = { DATABASE_URL: inject("databaseUrl") };
const root = join(import.meta.dirname, "../..");

/** A line of a starter, in place of a solution. */
const gap = /[ ]*throw new Error\("To do: [^\n]*\);/;

function solutionsIn(script: string): string[] {
  return splitRegions(script, "a.ts").flatMap(({ lines, region }) =>
    region ? lines.join("\n") : [],
  );
}

test("a verdict says that rows were not counted", async () => {
  const course = await loadCourse(await loadGuide(root), "");
  const [exercise] = course.exercises;
  if (!exercise) throw new Error("There is no exercise.");
  const passed = { kind: "passed", uncounted: "it is an old server", types: [] } as const;
  expect(verdictOf(passed, exercise).text).toBe(
    "✓ Right. It does what the guide documents.\nHow many rows it changed is not compared: it is an old server.",
  );
});

test("the page of an exercise hides a password that its golden file has", async () => {
  const { directory, write } = makeGuide({ runs: ["01-a"] }, []);
  write("steps/01-a.ts", "/*\n# A\n*/\n// #region say\nsay();\n// #endregion\n");
  write("steps/exercises.json", JSON.stringify({ say: { task: "Say it." } }));
  write("expected/01-a.txt", "to u:page-secret@h\n");
  const course = await loadCourse(await loadGuide(directory), "");
  const page = () =>
    course.exercises.map((exercise) => exercisePage(course, exercise, 80)).join("\n");
  expect(page()).toContain("page-secret");
  hidePassword("page-secret", []);
  const [exercise] = course.exercises;
  if (!exercise) throw new Error("There is no exercise.");
  const difference = { message: "a default, page-secret", rows: ["+page-secret"] };
  const attempt = { kind: "wrong effect", difference, types: [] } as const;
  expect(JSON.stringify(verdictOf(attempt, exercise))).not.toContain("page-secret");
  expect(page()).not.toContain("page-secret");
  expect(page()).toContain("to u:••••@h");

  const file = join(directory, "learner.ts");
  writeFileSync(file, 'export const url: "a" = "postgresql://u:page-secret@h/db";\n');
  const own = { ...exercise, file };
  const types = await checkLearnersTypes(file, join(directory, "types"));
  expect(types.join()).toContain("u:••••@h");
  expect(types.join() + visible(await solutionDiff(own))).not.toContain("page-secret");
});

test("a server that is away is said, and the exercise goes on", async () => {
  const { directory, write } = makeGuide({ runs: ["01-a"] }, []);
  write("steps/01-a.ts", "/*\n# A\n*/\n// #region say\nsay();\n// #endregion\n");
  write("steps/exercises.json", JSON.stringify({ say: { task: "Say it." } }));
  const course = await loadCourse(await loadGuide(directory), "");
  writeStarters(course);
  write("exercises/steps/01-a.ts", "say();\n"); // no starter, which needs no database
  const [exercise] = course.exercises;
  if (!exercise) throw new Error("There is no exercise.");
  const lost = () => Promise.reject(new Failure("database", "The server is away."));
  const attempts = { run: lost, prepare: lost, restore: lost, url: lost };
  let printed = "";
  const keys = ["enter", "r", "q"];
  const terminal = {
    write: (text: string) => {
      printed += text;
    },
    size: () => ({ width: 80, height: 24 }),
    isPlain: true,
    next: async () => keys.shift() ?? "q",
    listen: () => () => {},
    close: async () => {},
  };
  const { signal } = new AbortController();
  const context = { course, attempts, terminal, signal, link: undefined };
  expect(await learnCourse(context, exercise)).toBe(false);
  expect(printed.match(/✗ The server is away\./g)).toHaveLength(3);
});

describe("an exercise", () => {
  test("is judged by its output, and by what it leaves in the database", async () => {
    const project = copySmallProject(["pg"]);
    const file = "exercises/steps/01-create.ts";
    const once = () => project.guide(["learn", "--once", "steps/01-create"], given);
    const fill = (code: string) =>
      project.write(
        file,
        project.read(file).replace(gap, () => code),
      );

    const course = await project.guide(["learn", "--once", "steps"]);
    expect(course.stderr).toContain(
      '"steps" is a course. Name one exercise of it: steps/01-create',
    );
    const starter = await once();
    expect(starter.stderr).toBe("");
    expect(starter.stdout).toContain("○ To do: Create the table `books`");
    expectExit(starter, 1);

    const [table = "", insertion = ""] = solutionsIn(project.read("steps/01-create.ts"));
    fill(table);
    expect((await once()).stdout).toContain("○ To do: Insert three books");

    const each = (books: string) =>
      `let count = 0;\nfor (const book of ${books}) count += (await db.query(insert, book)).count;`;
    fill(each('[["A", "B", 1, true]]'));
    const short = await once();
    expect(short.stdout).toContain("-Inserted 3 rows of data.\n+Inserted 1 rows of data.");
    expect(short.stdout).toContain("with 01-create, the output differs");

    const rows = '[["A", "B", 1, true], ["C", "D", 2, true], ["E", "F", 3, true]]';
    project.edit(file, '[["A", "B", 1, true]]', rows);
    const wrongData = await once();
    expect(wrongData.stdout).toContain(
      "The output is right, but: After your script, the rows of books differ from the solution's.",
    );
    // The page colours a line by its first letter.
    expect(wrongData.stdout).toMatch(
      /\nThe rows of the solution have -, yours have \+:\n-\{"title"/,
    );
    expect(wrongData.stdout).toContain('-{"title": "1984", "author": "George Orwell"');
    expectExit(wrongData, 1);

    project.edit(file, each(rows), insertion);
    const right = await once();
    expect(right.stdout).toMatch(
      /^steps\/01-create, in \S+exercises\/steps\/01-create\.ts\n✓ Right\. It does what the guide documents\.\n$/,
    );
    expectExit(right, 0);

    project.edit(file, "let count = 0", "let count = =");
    const broken = await once();
    expect(broken.stdout).toMatch(
      /✗ It cannot be run\. .*01-create\.ts, line \d+: (Expected|Unexpected)/,
    );
    expectExit(broken, 1);
  });

  test("is done as long as its file is what passed; a reset keeps the old file", async () => {
    const project = copySmallProject(["pg"]);
    const file = "exercises/steps/02-read.ts";
    const once = ["learn", "steps", "--once", "02-read"];
    const list = async () => (await project.guide(["learn", "list", "steps"])).stdout;
    expectExit(await project.guide(once, given), 1);
    expect(await list()).toBe("· steps/01-create  not begun\n· steps/02-read    not begun\n");

    const starter = project.read(file);
    const solved = (order: string) =>
      starter.replace(
        gap,
        `const { rows: books } = await db.query<Book>("SELECT * FROM books ${order}");`,
      );
    project.write(file, solved("ORDER BY title"));
    expectExit(await project.guide(once, given), 1);
    project.write(file, solved("ORDER BY publication_year"));
    expectExit(await project.guide(once, given), 0);
    expect(await list()).toContain("✓ steps/02-read    done, 2 attempts, 0 hints\n");

    project.edit(file, "ORDER BY publication_year", "ORDER BY id");
    expect(await list()).toContain("○ steps/02-read    changed since it passed, 2 attempts");
    const again = await project.guide(["learn", "list", "steps", "--run"], given);
    expect(again.stdout).toContain("○ steps/02-read    changed since it passed, 3 attempts");
    expectExit(again, 0);

    // A reset that cannot write leaves the learner's file in its place.
    project.write("exercises/steps/.02-read.ts.new/in-the-way", "");
    const refused = await project.guide(["learn", "reset", "steps/02-read"]);
    expectExit(refused, 2);
    expect(refused.stderr).toMatch(/^\S+02-read\.ts\S* cannot be written\. .*\n$/);
    expect(project.read(file)).toContain("ORDER BY id");
    project.remove("exercises/steps/.02-read.ts.new");

    const reset = await project.guide(["learn", "reset", "steps/02-read"]);
    expectExit(reset, 0);
    expect(project.read(file)).toMatch(gap);
    const kept = /Your old file is now .*?(02-read\.[\dT.-]+\.ts)\.\n/.exec(reset.stdout)?.[1];
    expect(project.read(`exercises/steps/${kept}`)).toContain("ORDER BY id");

    // A guide that is updated leaves the learner's files as they are.
    project.edit(
      "steps/exercises.json",
      "Select all books into `books`",
      "Read all books into books",
    );
    expect((await project.guide(once, given)).stdout).not.toContain("Read all books");
    expect(project.read(file)).toContain("Select all books into `books`");
  });

  test("about a driver is judged by every golden file", async () => {
    const project = copySmallProject(["pg"]);
    const file = "exercises/driver/pg.ts";
    const once = () => project.guide(["learn", "--once", "driver/pg"], given);
    expect((await once()).stdout).toContain("○ To do: Connect.");
    const [connect = ""] = solutionsIn(project.read("drivers/pg.ts"));
    project.write(
      file,
      project.read(file).replace(gap, () => connect),
    );
    expect((await once()).stdout).toContain("○ To do: Send the statement");

    const send = (rows: string) => `client.query(statement, valueTexts(values), (error, result) => {
          if (error) return reject(error);
          resolve({ rows: ${rows}, count: result.rowCount ?? 0, command: result.command });
        });`;
    project.write(
      file,
      project.read(file).replace(gap, () => send("[]")),
    );
    const wrong = await once();
    expect(wrong.stdout).toContain("with 02-read, it does not print all lines");
    project.edit(file, "rows: []", "rows: result.rows");
    expectExit(await once(), 0);
  });
});

test("an exercise that is saved during its run has not passed", async () => {
  const project = copySmallProject(["pg"]);
  const once = ["learn", "--once", "steps/02-read"];
  expectExit(await project.guide(once, given), 1);
  const file = "exercises/steps/02-read.ts";
  const solved = `const { rows: books } = await db.query<Book>("SELECT * FROM books ORDER BY publication_year");
    (await import("node:fs")).appendFileSync(new URL(import.meta.url), "// saved");`;
  project.write(
    file,
    project.read(file).replace(gap, () => solved),
  );
  expectExit(await project.guide(once, given), 0);
  expect(project.read(file)).toContain("// saved");
  const list = await project.guide(["learn", "list", "steps"]);
  expect(list.stdout).toContain("○ steps/02-read    begun, 1 attempt, 0 hints\n");
});

describe("a standalone course", () => {
  test("judges each script up to the guide's next read", async () => {
    const courses = readCourses(await loadGuide(root));
    const pg = courses.find(({ name }) => name === "pg")?.exercises ?? [];
    expect(pg.map(({ judges }) => judges.map(({ name }) => name))).toEqual([
      ["01-create", "02-read"],
      ["02-read", "03-update", "02-read.after-03-update"],
      ["03-update", "02-read.after-03-update"],
      ["04-delete", "02-read.after-04-delete"],
    ]);
  });

  test("has the scripts of one library, and what they import", async () => {
    const project = copyProject();
    for (const name of ["pg", "drizzle"]) {
      cpSync(join(root, "standalone", name), join(project.directory, "standalone", name), {
        recursive: true,
      });
    }
    keepExercises(project, () => true, ["pg", "drizzle"]);
    const starter = await project.guide(["learn", "--once", "drizzle/03-update"], given);
    expect(starter.stdout).toContain("○ To do: Put Dune back in stock");
    const file = "exercises/drizzle/03-update.ts";
    const solution = "const updated = await db.update(books).set({ inStock: false })";
    const condition = '.where(eq(books.title, "Dune")).returning();';
    project.write(file, project.read(file).replace(gap, solution + condition));
    const all = await project.guide(["learn", "--once", "drizzle/03-update"], given);
    expect(all.stdout).toContain(
      '\n+{"title": "Dune", "author": "Frank Herbert", "in_stock": false',
    );
    project.edit(
      file,
      "await db.update",
      "await db.execute('SELECT * FROM nowhere'); await db.update",
    );
    expect((await project.guide(["learn", "--once", "drizzle/03-update"], given)).stdout).toMatch(
      /^drizzle\/03-update, in \S+\nyour script exited with 1\.\n\S*Error: Failed query: SELECT \* FROM nowhere\n.*cause: error: relation "nowhere" does not exist\nin \S*exercises\/drizzle\/03-update.ts, line \d+\n\n✗ Not yet: There is no table nowhere yet\. .* \(\S*exercises\/drizzle\/03-update\.ts, line \d+\)\n/s,
    );
    project.edit(file, "await db.execute('SELECT * FROM nowhere'); ", "");
    project.edit(file, "inStock: false", "inStock: true");
    expectExit(await project.guide(["learn", "--once", "drizzle/03-update"], given), 0);

    expect(readdirSync(join(project.directory, "exercises"))).not.toContain("pg");
    const wrong = await project.guide(["learn", "mysql"]);
    expect(wrong.stderr).toContain("learn asks at a terminal. Without one: ");
    const unknown = await project.guide(["learn", "mysql", "--once", "02-read"]);
    expect(unknown.stderr).toBe(
      'There is no course "mysql". The courses: drizzle, pg, steps, driver.\n',
    );
    expectExit(unknown, 2);
  });
});

/** A guide whose steps, and scripts of a library, only print: it takes no time to check. */
function makeCourses() {
  const manifest = { runs: ["01-a", "02-b"], drivers: ["pg"] };
  const files = filesIn(makeGuide(manifest, []).directory);
  const { directory, write } = files;
  const script = (text: string) => `// #region say\nconsole.log("${text}");\n// #endregion\n`;
  for (const [name, text] of [
    ["01-a", "A"],
    ["02-b", "B"],
  ] as const) {
    write(`steps/${name}.ts`, `/*\n# ${name}\n*/\n${script(text)}`);
    write(`standalone/lib/${name}.ts`, script(text));
    write(`expected/${name}.txt`, `${text}\n`);
  }
  write("steps/exercises.json", JSON.stringify({ say: { task: "Say it." } }));
  const learn = (...words: string[]) =>
    sharedProject().guide(["learn", ...words, "--guide", directory], given);
  const check = (...course: string[]) => learn("check", ...course);
  const load = async () => loadCourse(await loadGuide(directory), "steps");
  return { ...files, learn, check, load };
}

test("without the name of a course, pg's is meant, or the first one of a guide that has none", async () => {
  const courses = makeCourses();
  const first = await courses.learn("--once", "02-b");
  expect(first.stderr).toBe("");
  expect(first.stdout).toMatch(/^lib\/02-b, in /);
  courses.write("standalone/pg/02-b.ts", courses.read("standalone/lib/02-b.ts"));
  courses.write("standalone/pg/01-a.ts", courses.read("standalone/lib/01-a.ts"));
  expect((await courses.learn("--once", "02-b")).stdout).toMatch(/^pg\/02-b, in /);
});

describe("learn check", () => {
  test("tries every starter and every solution, and touches no learner's file", async () => {
    const courses = makeCourses();
    courses.write("exercises/steps/01-a.ts", "mine");
    const good = await courses.check("steps");
    expect(good.stderr).toBe("");
    expect(good.stdout).toBe("✓ steps/01-a\n✓ steps/02-b\n");
    expectExit(good, 0);
    expect(courses.read("exercises/steps/01-a.ts")).toBe("mine");
    expect(readdirSync(join(courses.directory, "exercises"))).toEqual(["steps"]);

    // Its starter fails before it can say anything, and the other step has lost its region.
    courses.edit("steps/02-b.ts", "// #region", 'if (Date.now()) throw "x";\n// #region');
    courses.edit("steps/01-a.ts", "// #region say", "");
    const bad = await courses.check("steps");
    expect(bad.stdout).toContain("✗ steps/01-a has no exercise.");
    expect(bad.stdout).toContain("✗ steps/02-b\nThe starter does not fail with its own message.");
    expect(bad.stdout).toContain("The solution does not pass.");
    expectExit(bad, 1);

    courses.write("steps/01-a.ts", '/*\n# A\n*/\n// #region say\n// #endregion\nconsole.log("A");');
    expect((await courses.check("steps")).stdout).toContain(
      '\n"Say it." cannot be judged: the script passes without its lines, too.',
    );
  });

  test("fails without exercises.json", async () => {
    const courses = makeCourses();
    courses.remove("steps/exercises.json");
    const result = await courses.check();
    expect(result.stderr).toMatch(
      /^There are no exercises in this guide\. To add some, describe them in \S+exercises\.json\.\n$/,
    );
    expectExit(result, 2);
  });

  test("fails if any of its courses does", async () => {
    const courses = makeCourses();
    courses.edit("standalone/lib/02-b.ts", '"B"', '"C"');
    const result = await courses.check();
    expect(result.stdout).toContain("✗ lib/02-b\nThe solution does not pass.");
    expect(result.stdout).toContain("✓ steps/02-b\n");
    expectExit(result, 1);
    expect(readdirSync(courses.directory)).not.toContain("exercises");
  });
});

test("learn reset --all starts everything again, and keeps what was there", async () => {
  const project = copySmallProject(["pg"]);
  const nothing = await project.guide(["learn", "reset", "--all"]);
  expect(nothing.stdout).toBe("No exercise was begun: there is nothing to start again.\n");
  project.write("exercises/steps/01-create.ts", "mine");
  project.write("exercises/driver/pg.ts", "my driver");
  const steps = await project.guide(["learn", "reset", "--all", "steps"]);
  expect(steps.stdout).toMatch(/^Wrote \S*01-create\.ts again\. Your old file is now \S+\.\n$/);
  const all = await project.guide(["learn", "reset", "--all"]);
  expect(all.stdout.match(/^Wrote /gm)).toHaveLength(1); // what is still the starter stays
  const kept = readdirSync(join(project.directory, "exercises/steps"));
  const old = kept.filter((name) => name.startsWith("01-create.2"));
  expect(old.map((name) => project.read(`exercises/steps/${name}`))).toContain("mine");
  const which = await project.guide(["learn", "reset"]);
  expect(which.stderr).toBe("Which exercise? Name it, such as pg/02-read, or add --all.\n");
  expectExit(which, 2);
});

test("what is not ours in progress.json stays, and a damaged one is not replaced", async () => {
  const courses = makeCourses();
  const file = "exercises/progress.json";
  for (const content of ["null", "[]", '<<<<<<< HEAD\n{"steps/01-a":{}}\n']) {
    courses.write(file, content);
    await expectRefused(
      courses.learn("list", "steps"),
      /^\S+progress\.json cannot be read: .*\. Repair it, or move it away to begin again\.\n$/,
    );
    expect(courses.read(file)).toBe(content);
  }

  const foreign = { "steps/02-b": { verified: 1, tries: 1 }, "later/01-a": { stars: 3 } };
  courses.write(file, JSON.stringify({ "steps/01-a": null, ...foreign }));
  const list = await courses.learn("list", "steps");
  expect(list.stdout).toBe("· steps/01-a  not begun\n· steps/02-b  not begun\n");
  const { guide, exercises } = await courses.load();
  for (const exercise of exercises.slice(0, 1)) recordHints(guide, exercise, 1);
  const own = { "steps/01-a": { attempts: 0, hints: 1 } };
  expect(JSON.parse(courses.read(file))).toEqual({ ...own, ...foreign });
});

test.each([
  [["learn", "--once", "steps/01-create"]],
  [["learn", "check", "steps"]],
  [["learn", "reset", "steps/01-create"]],
  [["board", "--port", "0"]],
])("%j says in one line where it cannot write", async (choices) => {
  const project = copySmallProject(["pg"]);
  project.remove("exercises");
  project.write("exercises", "");
  const result = await project.guide(choices, given);
  expectExit(result, 2);
  expect(result.stderr).toMatch(/^(Cannot read )?\S*exercises\S*(:| cannot be written\.) .*\n$/);
});

test.skipIf(process.platform === "win32")(
  "an exercise in a shell finds the files next to its script",
  async () => {
    const runtime = { name: "Shell", run: ["sh"], check: ["-c", "true"], needs: "", install: "" };
    const script = "# region say\ncat data.csv\n# endregion\n";
    const guide = otherGuide({
      "steps/guide.json": '{ "title": "A guide", "runs": ["01-say"] }',
      "steps/exercises.json": '{ "say": { "task": "Say it." } }',
      "steps/01-say.ts": '/*\n# Say\n*/\nconsole.log("1,2");\n',
      "expected/01-say.txt": "1,2\n",
      "standalone/sh/standalone.json": JSON.stringify(runtime),
      ...{ "standalone/sh/01-say.sh": script, "standalone/sh/data.csv": "1,2\n" },
    });
    const starter = await guide.guide(["learn", "sh", "--once", "01-say"]);
    expect(starter.stdout).toContain("○ To do: Say it.");
    guide.write("exercises/sh/01-say.sh", "cat data.csv\n");
    await expectReport(guide.guide(["learn", "sh", "--once", "01-say"]), 0, "✓ Right.");
  },
);
