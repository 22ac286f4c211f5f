import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { splitRegions } from "../../runner/guide/step-source.ts";
import { copySmallProject } from "../support/project.ts";
import { openTerminal } from "./terminal.ts";

const asks = /^Save the file, or: .*q quit/;
const passed = /^Enter goes on .*q quit/;
const gap = /[ ]*throw new Error\("To do: [^\n]*\);/;

describe.skipIf(process.platform === "win32")("learn at a terminal", () => {
  test("leads through the exercises: each save is judged, and the keys help", async () => {
    const project = copySmallProject();
    const [first, second] = ["exercises/steps/01-create.ts", "exercises/steps/02-read.ts"];
    const terminal = openTerminal(
      ["learn", "steps"],
      { width: 110, height: 60 },
      [],
      project.directory,
    );
    expect(await terminal.endsWith(asks)).toContain("○ To do: Create the table books: id SERIAL");

    await terminal.pressUntil("h", asks);
    await terminal.pressUntil("h", asks);
    expect(terminal.screen()).toContain("Hint 2 of 6: CREATE TABLE books (id SERIAL PRIMARY KEY");
    terminal.press("s");
    await terminal.shows("Show the solution?");
    await terminal.pressUntil("n", asks);
    expect(terminal.screen()).not.toContain("@@");
    terminal.press("s");
    await terminal.shows(/Show the solution\?[\s\S]*Show the solution\?/);
    terminal.press("y");
    await terminal.shows("+    const books = [");
    await terminal.pressUntil("?", asks);
    expect(terminal.screen()).toContain("shows the difference from the solution");
    expect(terminal.screen()).not.toContain("says on the board"); // there is none
    await terminal.pressUntil("r", asks);
    expect(terminal.screen()).toContain("The database is as it was before the exercise.");

    project.edit(first, "throw", "for (;;) await new Promise((r) => setTimeout(r, 9)); throw");
    await terminal.shows("Running exercises/steps/01-create.ts; x stops it.");
    await terminal.pressUntil("x", asks);
    expect(terminal.screen()).toContain("Stopped. Enter runs it again.");

    const source = readFileSync(join(project.directory, "steps/01-create.ts"), "utf8");
    for (const { lines, region } of splitRegions(source, "a.ts")) {
      if (!region) continue;
      const code = project.read(first).replace(/for \(;;\).*?; throw/, "throw");
      project.write(
        first,
        code.replace(gap, () => lines.join("\n")),
      );
    }
    await terminal.shows("✓ Right. It does what the guide documents.");
    await terminal.endsWith(passed);

    // What comes next does not depend on what was done: n goes on, and an editor may replace the file.
    await terminal.pressUntil("n", asks);
    expect(terminal.screen()).toContain("○ To do: Select all books");
    project.edit(second, "throw new Error", "const books = []; console.log");
    expect(await terminal.shows("✗ Not yet")).toContain("-ID: 2, Title: The Hobbit");
    await terminal.endsWith(asks);

    // A plain sentence first, and what the database said if it is asked for.
    project.edit(
      second,
      "const books = [];",
      'const books = []; await db.query("SELECT titel FROM books");',
    );
    await terminal.shows("✗ Not yet: There is no column titel. Did you mean title?");
    expect(await terminal.shows("d shows the whole error.")).not.toContain("42703");
    await terminal.endsWith(asks);
    await terminal.pressUntil("d", asks);
    expect(terminal.screen()).toContain('42703: column "titel" does not exist');
    project.remove(second);
    await terminal.shows(/does not exist\.\s+Start\s+it\s+again/);
    await terminal.endsWith(asks);
    terminal.press("q");
    await terminal.shows("1 of 2 exercises are done. Your files stay.");
    await terminal.shows("exit 1");
  });

  test("joins a board: a name is asked for, one that is taken is said at once, and help is shown", async () => {
    const project = copySmallProject(["pg"]);
    const board = project.start(["board", "--port", "0"]);
    const [address = ""] = /http:\/\/[^\s]+\//.exec(await board.prints(/\/\n/)) ?? [];
    const other = "a-secret-of-some-length";
    const look = () => readFileSync(join(project.directory, "exercises/board.json"), "utf8");
    await fetch(new URL("report", address), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "Anna", secret: other, progress: [] }),
    });
    const size = { width: 110, height: 60 };
    const choices = ["learn", "steps", "--board", address];
    const terminal = openTerminal(choices, size, [], project.directory);
    await terminal.shows("Your name on the board (Enter for learner-");
    for (const key of ["a", " ", " ", "b", "Enter"]) terminal.press(key);
    await terminal.shows(/"a {2}b" cannot be a name on the board.*Your name on the board/s);
    for (const key of ["a", "n", "n", "a", "Enter"]) terminal.press(key);
    await terminal.shows("anna is taken. Enter for anna 2, or another name:");
    terminal.press("Enter");
    await terminal.shows("You are anna 2, learner 2 on the board.");
    await terminal.endsWith(asks);
    await terminal.pressUntil("i", asks);
    expect(terminal.screen()).toContain("The board shows that you need help.");
    await expect.poll(look).toMatch(/"name":"anna 2".*"help":\d/);
    await terminal.pressUntil("h", asks);
    await expect.poll(look).toContain('"hints":1');
    await terminal.pressUntil("b", asks);
    terminal.press("q");
    await terminal.shows("exit 1");
    await expect.poll(look).toContain('"hasLeft":true');

    const wrong = address.replace(/[^/]+\/$/, "aaaaaaaaaaaa/");
    const refused = openTerminal(
      ["learn", "steps", "--board", wrong], // no name is asked for
      size,
      [],
      project.directory,
    );
    await refused.shows("The board refused you: the code in the address is wrong.");
    await refused.shows("exit 2");
  });

  test("is over when every file has passed once more", async () => {
    const project = copySmallProject();
    const small = { width: 80, height: 24 };
    const terminal = openTerminal(
      ["learn", "steps", "--step", "2"],
      small,
      ["NO_COLOR=1"],
      project.directory,
    );
    const query =
      'const { rows: books } = await db.query<Book>("SELECT * FROM books ORDER BY publication_year");';
    await terminal.endsWith(asks);
    const file = "exercises/steps/02-read.ts";
    project.write(file, project.read(file).replace(gap, query));
    await terminal.shows("✓ Right.");
    await terminal.endsWith(passed);
    terminal.press("Enter");
    await terminal.shows("○ steps/01-create is left.");
    await terminal.endsWith(asks);
    const create = project.read("steps/01-create.ts").replaceAll("../drivers", "../../drivers");
    project.write("exercises/steps/01-create.ts", create);
    await terminal.shows(/✓ Right\.[\s\S]*✓ Right\./);
    await terminal.endsWith(passed);
    await terminal.pressUntil("n", passed);
    terminal.press("n");
    await terminal.shows("All 2 exercises are verified.");
    await terminal.shows("What comes next:");
    await terminal.shows("exit 0");
  });
});
