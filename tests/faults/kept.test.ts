import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { makeCache, removeCache, start } from "./support/command.ts";
import { record } from "./support/fault.ts";

/** With the same files, both servers would write over what the other one wrote. */
test.skipIf(process.getuid?.() !== 0)(
  "one kept server in two containers with one cache directory",
  async (context) => {
    const own = makeCache();
    const through = [
      "unshare",
      "--pid",
      "--ipc",
      "--net",
      "--fork",
      "--kill-child",
      "--mount-proc",
    ];
    const choices = ["db", "--keep", "books"];
    const environment = { XDG_CACHE_HOME: own };
    const first = start("run-guide.ts", choices, environment, 90);
    while (!first.printed.stdout.includes("DATABASE_URL")) await sleep(20);
    const second = start("run-guide.ts", choices, environment, 60, { through });
    const refused = await second.ended;
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("The kept server books runs already, in another container");
    first.child.kill("SIGINT");
    expect((await first.ended).code).toBe(130);
    removeCache(own);
    record(context, [], [refused], "refused, by the second one");
  },
);
