import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { taskAt } from "../../classroom/learn/gaps.ts";
import type { Exercise } from "../../runner/guide/exercises.ts";
import { directoryForFile } from "../support/files.ts";

const directory = directoryForFile("gaps");

const source = join(directory, "01-a.ts");
writeFileSync(
  source,
  `import { connect } from "./connect.ts";

try {
  // #region create
  await create();
  // #endregion
  console.log("created");

  // #region insert
  await insert();
  // #endregion
  console.log("inserted");
} finally {
  await end();
}
`,
);
const task = (region: string) => ({ region, what: region, hints: [] });
const exercise: Exercise = {
  ...{ name: "pg/01-a", title: "A", source, file: source, kind: "script", before: [], judges: [] },
  tasks: [task("create"), task("insert")],
};

const own = `import { connect } from "../../standalone/pg/connect.ts";

try {
  await one();
  await two();
  console.log("created");
  await three();

  await four();
  console.log("inserted");
} finally {
  await end();
}
`;

test.each([
  [4, "create"],
  [5, "create"],
  [7, "insert"],
  [9, "insert"],
  [1, undefined],
  [10, undefined],
  [12, undefined],
])("line %i of a learner's file is in the gap of %s", (line, region) => {
  expect(taskAt(exercise, own, line)?.region).toBe(region);
});

test("if the lines around a gap were changed, it is not known", () => {
  expect(taskAt(exercise, own.replace('"created"', '"made"'), 4)).toBeUndefined();
});
