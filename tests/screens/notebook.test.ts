import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { copyProject } from "../support/project.ts";
import { openTerminal } from "./terminal.ts";

const keys = "Enter run  a all  b back  r again  c code  d diff  q quit";
/** How often a text is on the screen. */
const times = (screen: string, text: string) => screen.split(text).length - 1;

// Windows has no tmux. There, the notebook is not tested.
describe.skipIf(process.platform === "win32").each([60, 120])(
  "the notebook, %i columns wide",
  (width) => {
    test("is followed with Enter, from the first page to the last screen", async () => {
      const terminal = openTerminal([], { width, height: 40 });
      const first = await terminal.shows(keys);
      expect(first).toContain("Connect a TypeScript application to Neon Postgres");
      expect(first).toMatch(/psql 'postgresql:\/\/guide_/);
      expect(first).toContain("1 of 6  Create a table and insert data");
      expect(first).toContain("• inserts one book;");
      expect(first).toContain('const mark = "Made by the Neon guide";');

      for (let page = 1; page <= 6; page++) {
        terminal.press("Enter");
        const screen = await terminal.shows(
          new RegExp(`(pg \\d+ ms +postgres \\d+ ms[\\s\\S]*){${page}}`),
        );
        expect(screen).not.toContain("[object");
        if (page < 6) await terminal.shows(`${page + 1} of 6`);
      }
      const last = await terminal.shows("exit 0");
      expect(times(last, "✓ what the guide documents, with pg and postgres")).toBe(6);
      expect(last).toContain("│ ID: 4, Title: Dune, Author: Frank Herbert, Year: 1965");
      expect(last).toContain("Read data, again");
      expect(last).toContain("Next steps: an ORM");
      expect(last).toContain("All 6 outputs are what the guide documents.");
      for (const line of last.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
    });

    test("a runs the rest; c, d and an unknown key show and change nothing", async () => {
      const terminal = openTerminal([], { width, height: 40 });
      await terminal.shows(keys);
      terminal.press("x");
      terminal.press("d");
      await terminal.shows("Nothing was run yet.");
      terminal.press("c");
      const code = await terminal.shows(/postgres\.js in drivers\/postgres\.ts[\s\S]*Enter run/);
      expect(code).toContain("client.query(statement, values, (error, result) => {");
      expect(code).toContain("sql.unsa");
      terminal.press("a");
      const last = await terminal.shows("exit 0");
      expect(times(last, "✓ what the guide documents")).toBe(6);
      expect(times(last, "1 of 6")).toBe(1);
    });

    test("b goes back one step, and the databases with it", async () => {
      const terminal = openTerminal([], { width, height: 40 });
      await terminal.shows(keys);
      for (const page of [2, 3, 4]) {
        terminal.press("Enter");
        await terminal.shows(`${page} of 6`);
      }
      terminal.press("b");
      await terminal.shows(/4 of 6[\s\S]*3 of 6 {2}Update data/);
      terminal.press("a");
      const last = await terminal.shows("exit 0");
      expect(times(last, "✓ what the guide documents")).toBe(7);
    });

    test("q quits, and is no success", async () => {
      const terminal = openTerminal([], { width, height: 40 });
      await terminal.shows(keys);
      terminal.press("q");
      await terminal.shows("exit 1");
    });

    test("Ctrl-C cleans up, at the prompt and during a run", async () => {
      const terminal = openTerminal([], { width, height: 40 });
      await terminal.shows(keys);
      terminal.press("C-c");
      await terminal.shows(/Interrupted\. Everything is stopped and removed\.\s+exit 130/);

      const running = openTerminal([], { width, height: 40 });
      await running.shows(keys);
      running.press("a");
      await running.shows("running");
      running.press("C-c");
      await running.shows(/Interrupted\. Everything is stopped and removed\.\s+exit 130/);
    });
  },
);

describe.skipIf(process.platform === "win32")("the notebook", () => {
  test("r runs a step again after an edit, and shows the diff", async () => {
    const project = copyProject();
    const terminal = openTerminal([], { width: 100, height: 40 }, [], project.directory);
    await terminal.shows(keys);
    terminal.press("Enter");
    await terminal.shows("2 of 6");
    project.edit("steps/01-create.ts", "Inserted a single book.", "Put one book on the cache.");
    terminal.press("r");
    const screen = await terminal.shows("✗ drift");
    expect(screen).toContain("Again, with the files as they are now.");
    expect(screen).toContain("-Inserted a single book.");
    expect(screen).toContain("+Put one book on the cache.");
    terminal.press("d");
    await terminal.shows(/\+\+\+ pg and postgres printed[\s\S]*\+\+\+ pg and postgres printed/);
    terminal.press("a");
    await terminal.shows("exit 1");
  });

  test("goes on in the new width after a resize", async () => {
    const terminal = openTerminal([], { width: 100, height: 40 });
    await terminal.shows(keys);
    terminal.resize(60, 40);
    await sleep(300);
    terminal.press("Enter");
    const screen = await terminal.shows("✓ what the guide documents");
    const page = (await terminal.shows(/2 of 6[\s\S]*Enter run/)) ?? screen;
    const prose = page.slice(page.indexOf("2 of 6")).split("\n").slice(0, 12);
    for (const line of prose) expect(line.length).toBeLessThanOrEqual(60);
  });

  test.each([
    ["NO_COLOR=1", false],
    ["FORCE_COLOR=1", true],
  ])("%s is respected", async (variable, isColored) => {
    const terminal = openTerminal(["--yes", "--driver", "pg"], { width: 100, height: 40 }, [
      variable,
    ]);
    await terminal.shows("exit 0");
    const { spawnSync } = await import("node:child_process");
    const { root } = await import("../faults/support/command.ts");
    const [name, value] = variable.split("=");
    const { stdout } = spawnSync(
      process.execPath,
      ["--import", "tsx", "run-guide.ts", "--driver", "pg"],
      {
        cwd: root,
        encoding: "utf8",
        env: { PATH: process.env.PATH, HOME: process.env.HOME, [name ?? ""]: value },
      },
    );
    expect(stdout.includes("\x1b[")).toBe(isColored);
  });

  test.each(["TERM=dumb", "CI=true"])("nothing waits with %s", async (variable) => {
    const terminal = openTerminal([], { width: 80, height: 30 }, [variable]);
    const screen = await terminal.shows("exit 0");
    expect(screen).toContain("All 6 outputs are verified with 2 drivers");
    expect(screen).not.toContain("Enter run");
  });
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

  test("does not offer what the drivers disagree on", async () => {
    const project = copyProject();
    project.edit(
      "drivers/postgres.ts",
      "rows: [...(last ?? [])]",
      "rows: [...(last ?? [])].reverse()",
    );
    const terminal = openTerminal(["--review"], { width: 100, height: 40 }, [], project.directory);
    const screen = await terminal.shows("exit 1");
    expect(screen).toContain("This cannot be accepted: divergence.");
    expect(screen).not.toContain("a accept");
  });
});
