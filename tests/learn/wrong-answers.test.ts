import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { findUnawaited } from "../../classroom/learn/awaits.ts";
import { solutionOf } from "../../classroom/learn/exercise-files.ts";
import { readCourses } from "../../runner/guide/exercises.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { answerKey } from "../../tools/teaching/answer-key.ts";
import { handout, handoutPage } from "../../tools/teaching/handout.ts";
import {
  answeredCourses,
  type JudgedAnswer,
  judgeAnswers,
} from "../../tools/teaching/judge-answers.ts";

const root = join(import.meta.dirname, "../..");

beforeAll(() => void vi.stubEnv("DATABASE_URL", inject("databaseUrl")));
afterAll(() => void vi.unstubAllEnvs());

const all: JudgedAnswer[] = [];

test.each(answeredCourses)(
  "every answer in the course %s gets a verdict",
  { timeout: 600_000 }, // forty answers of pg, each with its types, on a machine that does other work
  async (name) => {
    const judged = await judgeAnswers(name);
    for (const { what, text } of judged) expect(text, what).toMatch(/^[✗✓]/m);
    all.push(...judged);
  },
);

test("the answer key and the handout are what npx tsx tools/teaching/write.ts writes", async () => {
  const written = (name: string) => readFileSync(join(root, "docs", name), "utf8");
  expect(await answerKey(all)).toBe(written("answer-key.md"));
  expect(await handout()).toBe(written("handout.md"));
  expect(await handoutPage(written("handout.md"))).toBe(written("handout.html"));
});

test("no solution of this project has a query that nothing waits for", async () => {
  const guides = ["", "examples/orders", "examples/errors"].map((path) =>
    loadGuide(join(root, path)),
  );
  for (const guide of await Promise.all(guides)) {
    for (const exercise of readCourses(guide).flatMap(({ exercises }) => exercises)) {
      expect(findUnawaited(solutionOf(exercise)), exercise.name).toBeUndefined();
    }
  }
});
