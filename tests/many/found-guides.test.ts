import { renameSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { listGuides } from "../../runner/many/guide-list.ts";
import { expectExit } from "../support/project.ts";
import { makeSite, type Site, sqlPage } from "./site.ts";

const guide = (folder: string) => ({
  [`${folder}/steps/guide.json`]: '{ "title": "A", "runs": ["01-a"] }',
  [`${folder}/steps/01-a.ts`]: "/*\n# A\n*/\n",
  [`${folder}/steps/before.md`]: "# A\n",
  [`${folder}/expected/01-a.txt`]: "A\n",
});

const listed = async (site: Site, pattern: string) => {
  const result = await site.run([pattern], "--list");
  return { ...result, names: result.stdout.match(/^\S*site-\S*$/gm) ?? [] };
};

/** Of a guide that git has in another case than a Mac, or that a move has left incomplete. */
describe("a pattern leaves out no folder that was a guide", () => {
  test.each<[string, (site: Site) => void, RegExp]>([
    [
      "steps/ in another case",
      (site) => move(site, "steps", "Steps"),
      /Steps must be named "steps"/,
    ],
    ["another name of steps/", (site) => move(site, "steps", "programs"), /guide\.json does not/],
    ["no steps/", (site) => site.remove("b/steps"), /guide\.json does not exist/],
    [
      "no golden files",
      (site) => {
        move(site, "steps/guide.json", "guide.json");
        site.remove("b/expected");
      },
      /guide\.json does not exist/,
    ],
    [
      "expected/ in another case",
      (site) => {
        move(site, "expected", "Expected");
        site.remove("b/steps/guide.json");
      },
      /Expected must be named "expected"/,
    ],
  ])("with %s", async (_, change, message) => {
    const site = makeSite({ ...guide("a"), ...guide("b"), "c/expected/README.md": "# C\n" });
    change(site);
    const { names, ...result } = await listed(site, "*");
    expectExit(result, 2);
    expect(result.stdout).toMatch(message);
    expect(names).toHaveLength(2);
  });
});

function move(site: Site, from: string, to: string): void {
  renameSync(site.path(`b/${from}`), site.path(`b/${to}`));
}

describe.skipIf(process.platform === "win32")("below links", () => {
  test("that lead back, and to a folder with one, each guide is found once", async () => {
    const site = makeSite({
      ...guide("docs/a"),
      "docs/a/p.md": sqlPage("Dune"),
      "docs/c/q.md": sqlPage("Emma"),
    });
    symlinkSync("..", site.path("docs/a/root"));
    symlinkSync("../c", site.path("docs/a/c"));
    symlinkSync("../a", site.path("docs/c/a"));
    symlinkSync("a", site.path("docs/b"));
    const result = await listed(site, "docs/**/{a,b,root,?.md}");
    expectExit(result, 0);
    expect(result.names.map((name) => name.replace(/.*docs\//, ""))).toEqual([
      "a",
      "a/p.md",
      "c/q.md",
    ]);
    const inside = await listed(site, "docs/a/root/*/*.md");
    expect(inside.names).toHaveLength(2);
  });

  test("the search for guides ends when it is interrupted", async () => {
    const site = makeSite(guide("docs/a"));
    const search = listGuides([site.path("docs/**")], AbortSignal.abort());
    await expect(search).rejects.toThrow("Interrupted");
  });
});
