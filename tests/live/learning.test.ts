import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Lesson } from "../../classroom/learn/lesson.ts";
import { openLearning } from "../../classroom/live/learning.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

function unused(): never {
  throw new Error("It is not asked.");
}

test("of courses that are asked for at once, each is closed before the next one is opened", async () => {
  const log: string[] = [];
  const lessonOf = (name: string): Lesson => ({
    ...{ name, exercises: [], needsHelp: () => undefined },
    ...{ stateOf: unused, fileOf: unused, textOf: unused, expectedOf: unused, write: unused },
    ...{ attempt: unused, hint: unused, toggleHelp: unused, solution: unused, restart: unused },
    async close() {
      await sleep(10);
      log.push(`${name} closes`);
    },
  });
  const part = {
    names: () => [],
    async open(_: unknown, name: string) {
      log.push(`${name} opens`);
      return lessonOf(name);
    },
    close: async () => {},
  };
  const guide = await loadGuide(makeShellGuide().directory);
  const { signal } = new AbortController();
  const options = { timeout: 1, note: () => {}, signal };
  const learning = openLearning(guide, ["pg", "steps"], part, options);
  const courses = ["pg", "steps", "pg"].map((course) =>
    learning.answer({ kind: "lesson", course }),
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
