import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parseArguments } from "../../runner/arguments/parse-arguments.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { adviceFor } from "../../runner/report/advice.ts";
import { failed, finished, judged } from "./events.ts";

/** What a POSIX shell makes of a line of advice, without the first three words. */
function pasted(line: string): string[] {
  const { stdout } = spawnSync("sh", ["-c", `printf '%s\\n' ${line}`], { encoding: "utf8" });
  return stdout.trimEnd().split("\n").slice(3);
}

test.runIf(process.platform !== "win32")("advice works when it is pasted", async () => {
  const parent = mkdtempSync(join(tmpdir(), "it's a $guide "));
  for (const part of ["steps", "expected"]) cpSync(part, join(parent, part), { recursive: true });
  const guide = await loadGuide(parent);
  rmSync(parent, { recursive: true });

  const error = await judged("02-read", "error", "x\n", finished("x\n"), failed("oh"));
  const [, command = ""] = adviceFor(guide, error).split("For a closer look: ");
  const surroundings = { isCi: false, isInteractive: false };
  const line = parseArguments(pasted(command), "", surroundings);
  expect(line).toMatchObject({
    options: { driver: ["postgres"] },
    mode: { kind: "once", step: "1" }, // the number that the test's runs have
  });
  expect(line.kind === "run" && resolve(line.options.guide ?? "")).toBe(parent);
});

test("advice names what ran: a script's folder, and no driver that did not", async () => {
  const guide = await loadGuide(resolve("."));
  const divergence = await judged("02-read", "divergence", "x\n", finished("x\n"), finished("y\n"));
  const drift = await judged("02-read", "drift", "x\n", finished("y\n"), finished("y\n"));
  const ofScripts = ({ drivers, ...run }: typeof drift) => ({
    ...run,
    drivers: drivers.map((one) => ({ ...one, driver: `standalone/${one.driver}` })),
  });
  const folder = join("standalone", "postgres");
  const wrong = adviceFor(guide, ofScripts(divergence));
  expect(wrong).toContain(`look at ${folder}, whose output`);
  expect(wrong).not.toContain("drivers/");
  expect(adviceFor(guide, divergence)).toContain("in drivers/");
  expect(adviceFor(guide, ofScripts(drift))).toMatch(
    / --update --driver standalone\/pg --driver standalone\/postgres\. If not, look at standalone.pg and /,
  );
});
