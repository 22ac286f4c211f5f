import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { makeDirectory } from "../support/files.ts";
import { makeShellGuide } from "../support/shell-guide.ts";
import { openTerminal } from "./terminal.ts";

test("export shows how far it is, and leaves nothing of that", async () => {
  const directory = makeDirectory("export");
  const guide = makeShellGuide(["01-create", "02-read"]);
  guide.write("steps/02-read.sh", `sleep 1\n${guide.read("steps/02-read.sh")}`);
  const [file, log] = [join(directory, "out.md"), join(directory, "log")];
  const choices = ["export", file, "--guide", guide.directory, "--driver", "pg"];
  const given = [`DATABASE_URL=${inject("databaseUrl")}`];
  const terminal = openTerminal(choices, { width: 100, height: 20 }, given, undefined, log);
  await terminal.shows("1 of 2 runs");
  const screen = await terminal.shows("exit 0");
  expect(screen).not.toContain("of 2 runs");
  expect(screen).toMatch(/All 2 outputs are verified with 1 client, in .*\nWrote .*out\.md\./);
  expect(readFileSync(log, "utf8")).toContain("\r1 of 2 runs");
});
