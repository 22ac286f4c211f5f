import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { PageCourse } from "../../classroom/learn/page-course.ts";
import { openLearning } from "../../classroom/live/learning.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { openGuide } from "../support/live.ts";
import { visit } from "../support/live-visit.ts";
import { copySmallProject } from "../support/project.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

function unused(): never {
  throw new Error("It is not asked.");
}

test("of courses that are asked for at once, each is closed before the next one is opened", async () => {
  const log: string[] = [];
  const courseOf = (name: string): PageCourse => ({
    name,
    exercises: [],
    needsHelp: () => undefined,
    stateOf: unused,
    fileOf: unused,
    textOf: unused,
    expectedOf: unused,
    write: unused,
    attempt: unused,
    hint: unused,
    toggleHelp: unused,
    solution: unused,
    restart: unused,
    async close() {
      await sleep(10);
      log.push(`${name} closes`);
    },
  });
  const part = {
    names: () => [],
    async open(_: unknown, name: string) {
      log.push(`${name} opens`);
      return courseOf(name);
    },
    close: async () => {},
  };
  const guide = await loadGuide(makeShellGuide().directory);
  const { signal } = new AbortController();
  const options = { timeout: 1, note: () => {}, signal };
  const learning = openLearning(guide, ["pg", "steps"], part, options);
  const courses = ["pg", "steps", "pg"].map((course) =>
    learning.answer({ kind: "course", course }),
  );
  expect(await Promise.all(courses)).toMatchObject([
    { course: "pg" },
    { course: "steps" },
    { course: "pg" },
  ]);
  await learning.close();
  expect(log.join(", ")).toBe(
    "pg opens, pg closes, steps opens, steps closes, pg opens, pg closes",
  );
});

test("Check keeps the ends of the lines, and replaces no file that is not in UTF-8", async () => {
  const project = copySmallProject(["pg"]);
  const page = await visit(await openGuide(project, ["--learn", "steps"]));
  const asked = { course: "steps", exercise: 0 } as const;
  const name = "exercises/steps/01-create.ts";
  await page.question({ kind: "course", course: "steps" });
  const onWindows = project.read(name).replaceAll("\n", "\r\n");
  project.write(name, onWindows);
  const { source, digest: seen } = await page.question({ kind: "exercise", ...asked });
  const text = `${source.replaceAll("\r\n", "\n")}// mine\n`; // as an editor of a page has it
  await page.question({ kind: "attempt", ...asked, text, seen });
  expect(project.read(name)).toBe(`${onWindows}// mine\r\n`);

  const bytes = Buffer.from(`${onWindows}// M\xfcnchen\r\n`, "latin1");
  writeFileSync(join(project.directory, name), bytes);
  const other = await page.question({ kind: "exercise", ...asked });
  const change = { text: `${other.source}// mine`, seen: other.digest };
  expect((await page.question({ kind: "attempt", ...asked, ...change })).refusal).toMatch(
    /^409: .*01-create\.ts is not in UTF-8, so it is not replaced/,
  );
  expect(readFileSync(join(project.directory, name))).toEqual(bytes);
});

test("what is typed on a page is in the file before it is checked, and in the one that is kept", async () => {
  const project = copySmallProject(["pg"]);
  const page = await visit(await openGuide(project, ["--learn", "steps"]));
  const asked = { course: "steps", exercise: 0 } as const;
  const name = "exercises/steps/01-create.ts";
  const { source, digest: seen } = await page.question({ kind: "exercise", ...asked });
  const keep = (text: string, of: string) =>
    page.question({ kind: "keep", ...asked, text, seen: of });
  const kept = await keep("// mine\n", seen);
  expect(kept).toMatchObject({ state: "not begun" });
  expect(project.read(name)).toBe("// mine\n");
  expect(await keep("// mine\n", seen)).toEqual(kept); // once more, as a page does that was left
  expect((await keep("// other\n", seen)).refusal).toMatch(/^409: .*was changed meanwhile/);

  const typed = { text: "// mine, too\n", seen: kept.digest };
  expect(await page.question({ kind: "restart", ...asked, ...typed })).toMatchObject({ source });
  project.write(name, "// reader-secret\n");
  expect((await page.question({ kind: "exercise", ...asked })).refusal).toMatch(
    /^409: .*01-create\.ts contains your server's password/,
  );
  const files = readdirSync(join(project.directory, "exercises/steps"));
  const [old = ""] = files.filter((file) => /^01-create\..+\.ts$/.test(file));
  expect(project.read(`exercises/steps/${old}`)).toBe("// mine, too\n");
});
