import { expect, test } from "vitest";
import { sharedProject } from "../support/project.ts";

/** With what follows them. Each begins like a port, so that a wrong split looks like a host, a port and a database. */
const passwords = ["54/w0rd@", "54@w0rd/x@", "54/w0rd%40"];

test("no command prints any part of a password that was pasted as it is", async () => {
  const project = sharedProject();
  const commands = [["--yes"], ["doctor"]] as const;
  for (const password of passwords) {
    const DATABASE_URL = `postgres://reader:${password}nowhere.invalid/d?sslmode=disable`;
    const ended = await Promise.all([
      ...commands.map((choices) => project.guide(choices, { DATABASE_URL })),
      project.step("02-read", ["--driver", "postgres"], { DATABASE_URL }),
    ]);
    for (const { stdout, stderr, code } of ended) {
      expect(stdout + stderr).not.toMatch(/w0rd|\b54\b/);
      expect(code, stdout + stderr).not.toBe(0);
    }
  }
});
