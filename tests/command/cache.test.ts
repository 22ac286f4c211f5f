import { readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyProject, expectExit, makeCache } from "../support/project.ts";

/** A cache with one cluster on its cache, as a first run leaves it. */
async function filledCache() {
  const cache = makeCache();
  const project = copyProject();
  const run = () => project.guide(["--driver", "pg"], { XDG_CACHE_HOME: cache });
  expectExit(await run(), 0);

  const clusters = join(cache, "neon-typescript-guide", "clusters");
  const names = () =>
    readdirSync(clusters).flatMap((key) =>
      readdirSync(join(clusters, key)).map((name) => join(clusters, key, name)),
    );
  const [cluster = ""] = names();
  return {
    run,
    cluster,
    names,
    runs: () => readdirSync(join(cache, "neon-typescript-guide", "runs")),
  };
}

test("a cluster at rest is used again, and goes back", async () => {
  const { run, cluster, names, runs } = await filledCache();
  writeFileSync(join(cluster, "mine"), "");
  expectExit(await run(), 0);
  expect(names()).toHaveLength(1);
  expect(readdirSync(names()[0] ?? "")).toContain("mine");
  expect(runs()).toEqual([]);
});

test.each<[string, (cluster: string) => void]>([
  [
    "a file cut short",
    (cluster) => truncateSync(join(cluster, "data", "global", "pg_control"), 10),
  ],
  ["a file gone", (cluster) => rmSync(join(cluster, "data", "PG_VERSION"))],
  ["a directory gone", (cluster) => rmSync(join(cluster, "data", "base"), { recursive: true })],
  ["a file too many", (cluster) => writeFileSync(join(cluster, "data", "base", "surprise"), "x")],
  ["no password", (cluster) => rmSync(join(cluster, "password"))],
  ["another password", (cluster) => writeFileSync(join(cluster, "password"), "wrong")],
  ["nothing left", (cluster) => rmSync(join(cluster, "data"), { recursive: true })],
])("a damaged cluster is made anew: %s", async (_, damage) => {
  const { run, cluster, names } = await filledCache();
  writeFileSync(join(cluster, "mine"), "");
  damage(cluster);
  const result = await run();
  expectExit(result, 0);
  expect(result.stderr).toBe("");
  expect(result.stdout).toContain("All 6 outputs are verified");
  expect(names()).toHaveLength(1);
  expect(readdirSync(names()[0] ?? "")).not.toContain("mine");
});
