import { expect, test } from "vitest";
import { detailsOf } from "../../runner/report/details.ts";
import { failed, finished, judged, skipped } from "./events.ts";

test("clients that are wrong in the same way share a diff, and what failed comes after it", async () => {
  const other = () => finished("2\n");
  const run = await judged("02-read", "error", "1\n", other(), other(), finished("3\n"));
  const { clients } = await judged("02-read", "error", "1\n", failed("\noh\n \nno\n\n"), skipped);
  expect(detailsOf({ ...run, clients: [...clients, ...run.clients] })).toEqual([
    "--- expected/02-read.txt",
    "+++ pg and postgres printed",
    "@@ -1,1 +1,1 @@",
    "-1",
    "+2",
    "--- expected/02-read.txt",
    "+++ another printed",
    "@@ -1,1 +1,1 @@",
    "-1",
    "+3",
    "pg exited with 1.",
    "oh",
    "no",
    "It had printed:",
    "  Connection established",
    "postgres was skipped: 01-create failed with pg.",
  ]);
});
