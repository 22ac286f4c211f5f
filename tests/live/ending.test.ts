import { expect, inject, test } from "vitest";
import { isPackageManager } from "../../runner/common/parent-process.ts";
import { openGuide } from "../support/live.ts";
import { sharedProject } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";

test("the guide ends when no page was ever opened", async () => {
  const guide = await openGuide(makeShellGuide(fewRuns), ["--idle-timeout", "0.5"]);
  await guide.prints("No page was open for 0.5 s. The guide has ended.");
  expect(await guide.ended).toBe(0);
});

test.skipIf(process.platform === "win32").each([
  ["open", ["open", "--no-browser"], "The address works once."],
  ["board", ["board", "--port", "0"], "Ctrl-C stops it."],
  ["db", ["db"], "Ctrl-C ends it."],
  ["--watch", ["--watch"], "Ctrl-C ends."],
])("%s ends when the npx that started it is killed", async (_, choices, said) => {
  const guide = makeShellGuide(fewRuns);
  const own = choices[0] === "db" ? [] : ["--guide", guide.directory];
  const environment = /open|watch/.test(choices.join())
    ? { DATABASE_URL: inject("databaseUrl") }
    : {};
  const running = sharedProject().startBelowNpm([...choices, ...own], environment);
  await running.prints(said);
  running.child.kill("SIGKILL");
  await running.ended; // nothing below it has its output open any more
});

test.each([
  [true, ["npm exec tsx run-guide.ts"]],
  [true, ["node", "/usr/bin/npx", "tsx", "run-guide.ts"]],
  [true, ["/opt/node/bin/node", "/home/a/.cache/pnpm.cjs", "exec", "run-guide"]],
  [true, ["/usr/local/bin/bunx", "run-guide"]],
  [false, ["bash", "-c", "cd guide && nohup npx tsx run-guide.ts board &"]],
  [false, ["make", "npm"]],
  [false, ["code", "/home/a/npm"]],
  [false, ["node", "/home/a/npm/tsx", "run-guide.ts"]],
])("whether it ends with its parent: %s for %j", (isIt, words) => {
  expect(isPackageManager(`${words.join("\0")}\0`)).toBe(isIt);
});
