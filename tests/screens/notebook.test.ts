import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { root } from "../faults/support/command.ts";
import { makeDirectory } from "../support/files.ts";
import { copyProject, copySmallProject, type ProjectCopy } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";
import { lastLine, openShell, openTerminal, type Terminal } from "./terminal.ts";

/** The line at the bottom, whenever a key is waited for. */
const asks = /^Enter \w/;
const begins = /^Enter begins/;
const runs = /^Enter runs it/;
const turns = /^Enter turns the page/;
const ends = /^Enter ends/;

const large = { width: 100, height: 50 };

/** Opens the notebook, on its first page. */
async function openNotebook(
  choices: readonly string[] = [],
  size = large,
  environment: readonly string[] = [],
  directory = root,
  log?: string,
): Promise<Terminal> {
  const terminal = openTerminal(choices, size, environment, directory, log);
  await terminal.endsWith(begins);
  return terminal;
}

/** Presses Enter, page by page, until such a line is at the bottom. */
async function enterUntil(terminal: Terminal, line: RegExp): Promise<string> {
  for (;;) {
    const now = await terminal.pressUntil("Enter", asks);
    if (line.test(lastLine(now))) return now;
  }
}

/** The words of the steps' code that fit on a narrow screen. */
function wordsOfSteps(): string[] {
  const files = readdirSync(join(root, "steps")).filter((name) => name.endsWith(".ts"));
  return files.flatMap((name) => {
    const text = readFileSync(join(root, "steps", name), "utf8");
    const code = text.slice(text.indexOf("*/") + 2).replace(/^.*#(end)?region.*$/gm, "");
    return code.split(/\s+/).filter((word) => word !== "" && word.length < 50);
  });
}

/** A copy that the notebook can teach: its lesson needs the scripts. */
function copyLesson(): ProjectCopy {
  const project = copyProject();
  cpSync(join(root, "standalone"), join(project.directory, "standalone"), { recursive: true });
  return project;
}

/** Ends the notebook, with this at its end. */
async function quit(terminal: Terminal, exit: string | RegExp): Promise<void> {
  terminal.press("q");
  await terminal.shows(exit);
}

/** Runs all that is left, and reads the last page to its end. */
async function runToTheEnd(terminal: Terminal): Promise<void> {
  terminal.press("a");
  const now = await terminal.endsWith(/^Enter (ends|shows more)/);
  if (!ends.test(lastLine(now))) await enterUntil(terminal, ends);
}

// Windows has no tmux. There, what needs no terminal is tested: tests/terminal.
describe.skipIf(process.platform === "win32").each([
  { width: 80, height: 24 },
  { width: 120, height: 40 },
  { width: 60, height: 20 },
])("the notebook on a screen of $width × $height", (size) => {
  test("shows every page and every output on the screen, with nothing but Enter", async () => {
    const terminal = openTerminal([], size);
    const seen = new Set<string>();
    let last = await terminal.endsWith(asks);
    for (;;) {
      for (const line of last.split("\n")) seen.add(line.trim());
      if (ends.test(lastLine(last))) break;
      last = await terminal.pressUntil("Enter", asks);
    }
    const all = [...seen].join(" ");
    expect(all).toContain("Connect a TypeScript application to Neon Postgres");
    expect(all).toContain("This guide connects a TypeScript application");
    expect(all).toContain("INSERT INTO books (title, author");
    expect(all).toContain("Next steps: an ORM");
    for (const file of readdirSync(join(root, "expected"))) {
      const lines = readFileSync(join(root, "expected", file), "utf8").split("\n");
      for (const line of lines) expect(all).toContain(line.slice(0, 40));
    }
    // No line breaks inside a word, in code neither.
    const words = new Set(all.split(/\s+/));
    for (const word of wordsOfSteps()) expect(words).toContain(word);
    const screen = terminal.screen();
    expect(screen.match(/✓ what the guide documents, with pg and postgres/g)).toHaveLength(6);
    expect(screen).not.toContain("[object");
    terminal.press("Enter");
    await terminal.shows(/All 6 outputs are verified with 2 clients\.\s+exit 0/);
  });
});

describe.skipIf(process.platform === "win32")("the notebook", () => {
  test("waits after the last step with the final databases, and what it printed there works when pasted", async () => {
    const terminal = await openNotebook([], { width: 200, height: 50 });
    await runToTheEnd(terminal);
    const help = await terminal.pressUntil("?", ends);
    const [, url = ""] = /export DATABASE_URL='([^']+)'/.exec(help) ?? [];
    const command = /^ *(npx tsx steps\/02-read\.ts)$/m.exec(help)?.[1] ?? "";
    const pasted = `export DATABASE_URL='${url}'; ${command}`;
    const { stdout, stderr } = spawnSync("sh", ["-c", pasted], {
      cwd: root,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout).toBe(
      readFileSync(join(root, "expected", "02-read.after-04-delete.txt"), "utf8"),
    );
    await quit(terminal, "exit 0");
  });

  test("shows the tables after any run, and goes back to one, which runs nothing again", async () => {
    const terminal = await openNotebook();
    await runToTheEnd(terminal);
    terminal.press("t");
    await terminal.endsWith(/^2 shows a run, 1-2 compares two/);
    expect(terminal.screen()).toMatch(/1 {2}01-create {2}\+4\n.*2 {2}02-read {2}no row changed\n/);
    terminal.press("0", "-", "3", "Enter"); // at once, as from the clipboard
    expect(await terminal.shows("compared with the beginning")).toContain("+ 3   1984");
    terminal.press("b", "5", "Enter");
    await terminal.endsWith(runs);
    expect(terminal.screen()).toContain("The databases are as they were after 4 runs.\n");
    expect(terminal.visible()).toContain("5 of 6");
    await terminal.pressUntil("Enter", turns);
    expect(terminal.visible()).toContain("✓ what the guide documents, with pg and postgres");
    await terminal.resize(100, 8, async () => {
      await terminal.pressUntil("t", /^2 shows a run, 1-2 compares two/);
      terminal.press("Enter");
      await terminal.endsWith(turns);
      return /1-1 are not listed: type their numbers\.\n +2 {2}02-read/.test(terminal.screen());
    });
    terminal.press("q");
  });

  test("b takes the databases back, under the same names", async () => {
    const terminal = await openNotebook([], { width: 200, height: 50 });
    const help = await terminal.pressUntil("?", begins);
    const [, url = ""] = /export DATABASE_URL='([^']+)'/.exec(help) ?? [];
    await runToTheEnd(terminal);
    for (let page = 0; page < 3; page++) {
      await terminal.pressUntil("b", runs);
    }
    expect(terminal.visible()).toContain("4 of 6  Read data, again");
    const read = ["--import", "tsx", "steps/02-read.ts"];
    const { stdout, stderr } = spawnSync(process.execPath, read, {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, DATABASE_URL: url },
    });
    expect(stderr).toBe("");
    expect(stdout).toContain("ID: 3, Title: 1984");
    expect(stdout).toContain("Year: 1965, In Stock: True");
    await runToTheEnd(terminal);
    terminal.press("Enter");
    await terminal.shows("exit 0");
  });

  test("a run that reads again shows what changed since the last time", async () => {
    const terminal = await openNotebook();
    for (let run = 1; run <= 4; run++) await enterUntil(terminal, turns);
    const screen = terminal.visible();
    expect(screen).toContain("Compared with the last time:");
    expect(screen).toMatch(/- ID: 4, Title: Dune.*In Stock: False/);
    expect(screen).toMatch(/\+ ID: 4, Title: Dune.*In Stock: True/);
  });

  test("a typo is shown, and a key is asked for again", async () => {
    const project = copyLesson();
    const terminal = await openNotebook([], large, [], project.directory);
    await enterUntil(terminal, turns);
    project.edit("steps/01-create.ts", "await step(", "await step((");
    terminal.press("r");
    await terminal.shows(/steps\/01-create\.ts, line \d+: Expected/);
    await terminal.endsWith(turns);
    project.edit("steps/01-create.ts", "await step((", "await step(");
    project.edit("steps/01-create.ts", "Inserted a single book.", "Put one book on the cache.");
    terminal.press("r");
    const screen = await terminal.shows("✗ drift");
    expect(screen).toContain("Again, with the files as they are now.");
    expect(screen).toContain("-Inserted a single book.");
    expect(screen).toContain("+Put one book on the cache.");
    await terminal.endsWith(turns);
    terminal.press("d");
    await terminal.shows(/\+\+\+ pg and postgres printed[\s\S]*\+\+\+ pg and postgres printed/);
    await quit(terminal, "exit 1");
  });

  test("a golden file that a step wrote to is noticed", async () => {
    const project = copyLesson();
    project.edit(
      "steps/01-create.ts",
      "await step(",
      `import { appendFileSync } from "node:fs";\nappendFileSync(${JSON.stringify(join(project.directory, "expected/01-create.txt"))}, "more\\n");\nawait step(`,
    );
    const terminal = await openNotebook([], large, [], project.directory);
    await enterUntil(terminal, runs);
    terminal.press("Enter");
    const screen = await terminal.shows("changed while the guide ran");
    expect(screen).not.toContain("✓");
    await terminal.endsWith(runs);
  });

  test.each([
    ["expected/01-create.txt", "a single", "a lonely", "01-create.txt changed while the guide ran"],
    ["steps/01-create.ts", "a single", "a lonely", "01-create was run before its files changed"],
    ["drivers/pg.ts", "last.rows", "[...last.rows]", "01-create was run before its files changed"],
  ])("%s is changed after its run: the end does not claim it", async (file, from, to, message) => {
    const project = copySmallProject();
    const url = `DATABASE_URL=${inject("databaseUrl")}`;
    const terminal = await openNotebook([], large, [url], project.directory);
    await enterUntil(terminal, turns);
    project.edit(file, from, to);
    await runToTheEnd(terminal);
    terminal.press("q");
    const screen = await terminal.shows("exit 2");
    expect(screen).toContain(message);
    expect(screen).not.toContain("All 2 outputs");
  });

  test("so is a file that a step of the shell names", async () => {
    const guide = makeShellGuide(fewRuns);
    guide.write("steps/lib.sh", ": one\n");
    guide.write("steps/01-create.sh", `. steps/lib.sh\n${guide.read("steps/01-create.sh")}`);
    const terminal = await openNotebook(["--guide", guide.directory]);
    await enterUntil(terminal, turns);
    guide.write("steps/lib.sh", ": two\n");
    await runToTheEnd(terminal);
    terminal.press("q");
    const screen = await terminal.shows("exit 2");
    expect(screen).toContain("01-create was run before its files changed");
  });

  test("a setup is done, and neither documented nor counted", async () => {
    const guide = makeShellGuide(fewRuns);
    guide.edit("steps/guide.json", '"runs":["01-create",', '"setup":["01-create"],"runs":[');
    guide.remove("expected/01-create.txt");
    const terminal = await openNotebook(["--guide", guide.directory]);
    terminal.press("a");
    await terminal.endsWith(ends);
    const screen = terminal.screen();
    expect(screen).toContain("✓ set up, with pg and postgres");
    expect(screen.match(/✓ what the guide documents/g)).toHaveLength(1);
    await quit(terminal, /The output is verified with 2 clients\.\s+exit 0/);
  });

  test("x stops a run that hangs; what was pressed meanwhile is dropped", async () => {
    const project = copyLesson();
    project.edit(
      "steps/01-create.ts",
      'console.log("Connection established");',
      'console.log("Connection established"); await new Promise((r) => setTimeout(r, 1e8));',
    );
    const terminal = await openNotebook([], large, [], project.directory);
    await enterUntil(terminal, runs);
    terminal.press("Enter");
    await terminal.shows("x stops");
    terminal.press("q", "Enter", "Enter", "b");
    terminal.press("x");
    await terminal.shows("Stopped.");
    await terminal.endsWith(runs);
    expect(terminal.visible()).not.toContain("✓");
    project.write("steps/01-create.ts", readFileSync(join(root, "steps/01-create.ts"), "utf8"));
    terminal.press("Enter");
    await terminal.shows("✓ what the guide documents");
  });

  test("what runs again says how far it is, and r names what it runs after a stop", async () => {
    const project = copyLesson();
    const terminal = await openNotebook(["--driver", "pg"], large, [], project.directory);
    await enterUntil(terminal, turns);
    await enterUntil(terminal, runs);
    await enterUntil(terminal, turns);
    await enterUntil(terminal, runs);
    await enterUntil(terminal, turns);
    // No database is kept that is from the files as they are now.
    const connected = 'console.log("Connection established");';
    project.edit("steps/01-create.ts", connected, `${connected} // now`);
    const hangs = `${connected} await new Promise((r) => setTimeout(r, 1e8));`;
    project.edit("steps/02-read.ts", connected, hangs);
    terminal.press("b");
    await terminal.shows(
      /New, empty databases with the same names; the 2 runs before it run\s+again/,
    );
    await terminal.shows(/pg \S 2 of 2 {3}x stops/);
    terminal.press("x");
    await terminal.shows("Stopped. r runs it again.");
    await terminal.endsWith(/^Enter turns the page {3}r runs 03-update again/);
  });

  test("Ctrl-Z gives the shell back, and fg brings the page back", async () => {
    const terminal = await openShell([], large);
    await terminal.endsWith(begins);
    await enterUntil(terminal, turns);
    terminal.press("C-z");
    await terminal.shows("Stopped");
    await terminal.endsWith(/^prompt>$/);
    terminal.press("clear; echo still $((40 + 2))", "Enter");
    await terminal.shows("still 42");
    terminal.press("fg", "Enter");
    const screen = await terminal.endsWith(turns);
    expect(screen).toMatch(/fg\n[\s\S]*✓ what the guide documents/);
    expect(await enterUntil(terminal, runs)).toContain("2 of 6");
    await terminal.pressUntil("q", /^prompt>$/);
  });

  test("? shows the keys, and an unknown key says so", async () => {
    const terminal = await openNotebook();
    terminal.press("z");
    await terminal.shows('"z" does nothing here. ? shows the keys.');
    terminal.press("d");
    await terminal.shows("Nothing has run yet.");
    terminal.press("?");
    await terminal.shows(/x +stops a run/);
    await terminal.endsWith(begins);
    await enterUntil(terminal, runs);
    terminal.press("c");
    const code = await terminal.shows(/pg, in standalone\/pg\/01-create\.ts/);
    expect(code).toContain("const client = new pg.Client({ connectionString });");
  });

  test("the first page fits on a small screen, and offers nothing that cannot run yet", async () => {
    const terminal = openTerminal([], { width: 80, height: 24 });
    const page = await terminal.endsWith(begins);
    expect(page).toMatch(/^Connect a TypeScript application to Neon Postgres\n/);
    expect(page).toContain("You read the shared step, one script for every driver");
    expect(page).toContain("1 the shared step   2 pg   3 postgres.js   4 Drizzle");
    expect(page).not.toContain("npx tsx");
    const help = await terminal.pressUntil("?", asks);
    expect(help).toContain("export DATABASE_URL=");
    expect(terminal.screen()).not.toContain("npx tsx");
  });

  test("a library that is chosen is read and run, from wherever the reader is", async () => {
    const terminal = await openNotebook();
    await terminal.pressUntil("4", begins);
    expect(terminal.visible()).toContain("You read Drizzle. The shared step is");
    await enterUntil(terminal, runs);
    expect(terminal.screen()).toContain(
      "1 of 6  Create a table and insert data  standalone/drizzle/01-create.ts",
    );
    expect(terminal.screen()).toContain("export const books = pgTable(");
    expect(await enterUntil(terminal, turns)).toContain("with standalone/drizzle\n");
    await enterUntil(terminal, runs);
    terminal.press("3");
    await terminal.shows("You read and run postgres.js now.");
    await terminal.endsWith(asks);
    terminal.press("t");
    await terminal.shows("Nothing has run yet.");
    await terminal.endsWith(asks);
    await enterUntil(terminal, runs);
    const result = await enterUntil(terminal, turns);
    expect(terminal.screen()).toContain("the run before it runs");
    expect(result).toContain("✓ what the guide documents, with standalone/postgres\n");
    terminal.press("1");
    await terminal.shows("You read and run the shared step now.");
    await terminal.endsWith(asks);
    await runToTheEnd(terminal);
    expect(terminal.screen()).toContain("✓ what the guide documents, with pg and postgres\n");
    await quit(terminal, "exit 0");
  });

  test("--driver standalone/pg shows that script, and runs it", async () => {
    const terminal = openTerminal(["--driver", "standalone/pg"], large);
    expect(await terminal.endsWith(begins)).not.toContain("the shared step");
    await enterUntil(terminal, runs);
    expect(terminal.screen()).toContain("standalone/pg/01-create.ts");
    expect(terminal.screen()).toContain("const client = new pg.Client(");
    expect(terminal.screen()).not.toContain("drivers/step.ts");
    expect(await enterUntil(terminal, turns)).toContain("with standalone/pg\n");
    terminal.press("1");
    await terminal.shows('"1" does nothing here.');
    await runToTheEnd(terminal);
    const help = await terminal.pressUntil("?", ends);
    expect(help).toMatch(/^ *npx tsx standalone\/pg\/02-read\.ts$/m);
    await quit(terminal, /All 6 outputs are verified with 1 client\.\s+exit 0/);
  });

  test.each(["TERM=dumb", "NO_COLOR=1"])(
    "%s: plain lines, in which nothing moves",
    async (variable) => {
      const log = join(copyProject().directory, "log");
      const terminal = await openNotebook([], large, [variable], root, log);
      await enterUntil(terminal, runs);
      await enterUntil(terminal, turns);
      await quit(terminal, "exit 1");
      const text = readFileSync(log, "utf8");
      expect(text).toContain("✓ what the guide documents");
      // The terminal itself turns each line feed into a carriage return and a line feed.
      for (const moving of ["\x1b", "\b", "⠋"]) expect(text).not.toContain(moving);
      expect(text.replaceAll("\r\n", "\n")).not.toContain("\r");
    },
  );

  test("a given server's password is not on the screen", async () => {
    const url = inject("databaseUrl");
    const terminal = await openNotebook([], large, [`DATABASE_URL=${url}`]);
    await terminal.pressUntil("?", begins);
    const screen = terminal.screen();
    expect(screen).toMatch(/psql 'postgresql:\/\/reader@127\.0\.0\.1:\d+\/guide_scratch_pg_/);
    expect(screen).not.toContain("reader-secret");
  });

  test("nor is it where an author wrote it into the guide", async () => {
    const guide = makeShellGuide(fewRuns);
    guide.edit("steps/guide.json", "A guide", "Titled reader-secret");
    guide.write("steps/before.md", "Begin with `reader-secret`.\n");
    guide.write("steps/01-create.md", "# Create reader-secret\n\nLog in with **reader-secret**.\n");
    guide.edit("steps/01-create.sh", "cat", "# by heart: reader-secret\ncat");
    const given = `DATABASE_URL=${inject("databaseUrl")}`;
    const terminal = await openNotebook(["--guide", guide.directory], large, [given]);
    await enterUntil(terminal, turns);
    await terminal.pressUntil("c", asks);
    await runToTheEnd(terminal);
    const screen = terminal.screen();
    for (const shown of ["Titled ••••", "Begin with ••••", "Create ••••", "Log in with ••••"]) {
      expect(screen).toContain(shown);
    }
    expect(screen).toContain("# by heart: ••••");
    expect(screen).not.toContain("reader-secret");
  });

  test("a page is read like a guide, and a run after going back has the files of its place", async () => {
    const directory = makeDirectory("page");
    const fence = "```";
    const block = (info: string, text: string) => `${fence}${info}\n${text}\n${fence}\n\n`;
    const file = join(directory, "page.md");
    const code = `const fs = require("node:fs");
const count = Number(fs.readFileSync("count.txt", "utf8")) + 1;
fs.writeFileSync("count.txt", String(count));
console.log("part", count);`;
    const part = (number: number) =>
      `## Part ${number}\n\n${block("sh", "node app.js")}${block('text title="Output"', `part ${number}`)}`;
    const files = block('text title="count.txt"', "0") + block('js title="app.js"', code);
    writeFileSync(file, `# A page\n\n${files}${part(1)}${part(2)}`);
    const terminal = await openNotebook(["--guide", file]);
    await terminal.pressUntil("Enter", runs);
    await terminal.pressUntil("Enter", turns);
    await terminal.pressUntil("Enter", runs);
    const first = await terminal.pressUntil("Enter", turns);
    expect(first).toContain("what the guide documents");
    await terminal.pressUntil("b", runs);
    const again = await terminal.pressUntil("Enter", turns);
    expect(again).toMatch(/│ part 2\n+✓/);
    await terminal.pressUntil("Enter", ends);
    terminal.press("Enter");
    await terminal.shows("All 2 outputs are verified");
  });

  test("q quits, and is no success; nothing waits with CI set", async () => {
    const terminal = await openNotebook();
    await quit(terminal, "exit 1");
    const ci = openTerminal([], { width: 80, height: 30 }, ["CI=true"]);
    const screen = await ci.shows("exit 0");
    expect(screen).toContain("All 6 outputs are verified with 2 clients");
  });

  test("Ctrl-C cleans up, at the prompt and during a run", async () => {
    const terminal = await openNotebook();
    terminal.press("C-c");
    await terminal.shows(/Interrupted\. Everything is stopped and removed\.\s+exit 130/);

    const running = await openNotebook();
    running.press("a");
    await running.shows("running");
    running.press("C-c");
    await running.shows(/Interrupted\. Everything is stopped and removed\.\s+exit 130/);
  });

  test("goes on in the new width after a resize", async () => {
    const terminal = await openNotebook([], { width: 100, height: 40 });
    await terminal.resize(60, 40, async () => {
      const help = await terminal.pressUntil("?", begins);
      return help.split("\n").every((line) => line.length <= 60);
    });
    terminal.press("Enter");
    const page = await terminal.shows(/1 of 6[\s\S]*Enter /);
    const prose = page.slice(page.indexOf("1 of 6")).split("\n").slice(0, 12);
    for (const line of prose) expect(line.length).toBeLessThanOrEqual(60);
    expect(prose.some((line) => line.length > 40)).toBe(true);
  });
});

test.each([
  ["NO_COLOR", "1", false],
  ["FORCE_COLOR", "1", true],
])("%s=%s is respected", (name, value, isColored) => {
  const { PATH, HOME } = process.env;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "run-guide.ts", "--driver", "pg"],
    { cwd: root, encoding: "utf8", env: { PATH, HOME, [name]: value } },
  );
  expect(stderr).toBe("");
  expect(stdout.includes("\x1b[")).toBe(isColored);
});

describe.skipIf(process.platform === "win32")("--review", () => {
  test("shows each change, and takes what is accepted", async () => {
    const project = copyProject();
    project.edit("expected/01-create.txt", "single", "lonely");
    project.edit("expected/03-update.txt", "Dune", "Duna");
    project.edit("expected/04-delete.txt", "1984", "1985");
    const terminal = openTerminal(["--review"], { width: 100, height: 40 }, [], project.directory);
    await terminal.shows("1 of 3: expected/01-create.txt");
    await terminal.shows("a accept · r reject · s skip · A accept all · q quit");
    terminal.press("a");
    await terminal.shows("2 of 3: expected/03-update.txt");
    terminal.press("r");
    await terminal.shows("3 of 3: expected/04-delete.txt");
    terminal.press("A");
    const screen = await terminal.shows("exit 1");
    expect(screen).toContain("2 golden files written");
    expect(project.read("expected/01-create.txt")).toContain("single");
    expect(project.read("expected/03-update.txt")).toContain("Duna");
    expect(project.read("expected/04-delete.txt")).toContain("1984");
  });

  test("writes nothing where a golden file is edited while it asks", async () => {
    const guide = makeShellGuide(fewRuns);
    guide.edit("expected/01-create.txt", "single", "lonely");
    guide.edit("expected/02-read.txt", "Dune", "Duna");
    const terminal = openTerminal(["--review", "--guide", guide.directory], large);
    await terminal.shows("a accept");
    guide.edit("expected/02-read.txt", "Duna", "Dune, as edited by hand");
    terminal.press("A");
    await terminal.shows(/02-read\.txt changed while the guide ran\.[\s\S]*exit 2/);
    expect(guide.read("expected/01-create.txt")).toContain("lonely");
    expect(guide.read("expected/02-read.txt")).toContain("as edited by hand");
  });

  test("writes nothing where a step is edited while it asks", async () => {
    const guide = makeShellGuide(fewRuns);
    guide.edit("steps/01-create.sh", "single", "lonely");
    const terminal = openTerminal(["--review", "--guide", guide.directory], large);
    await terminal.shows("a accept");
    guide.edit("steps/01-create.sh", "lonely", "single");
    terminal.press("a");
    await terminal.shows(/01-create\.sh changed while the guide ran\.[\s\S]*exit 2/);
    expect(guide.read("expected/01-create.txt")).toContain("single");
  });

  test("does not offer what the drivers disagree on", async () => {
    const project = copyProject();
    project.edit("drivers/postgres.ts", "return { rows,", "return { rows: rows.reverse(),");
    const terminal = openTerminal(["--review"], { width: 100, height: 40 }, [], project.directory);
    const screen = await terminal.shows("exit 1");
    expect(screen).toContain("This cannot be accepted: divergence.");
    expect(screen).not.toContain("a accept");
  });
});
