import { describe, expect, test } from "vitest";
import { given, sharedProject } from "../support/project.ts";
import { makeSite, type Site, sqlPage } from "./site.ts";

function startWatch(site: Site) {
  const watch = sharedProject().start(["--guide", site.path("page.md"), "--watch"], given);
  let seen = 0;
  return {
    ...watch,
    /** Waits for the next summary, and gives what was printed since the last one. */
    async next(): Promise<string> {
      const printed = await watch.prints(new RegExp(`^[\\s\\S]{${seen}}[\\s\\S]*?Ctrl-C ends`));
      const news = printed.slice(seen);
      seen = printed.length;
      return news;
    },
  };
}

describe("--watch with a page", () => {
  test("judges again from the first block that changed", async () => {
    const site = makeSite({ "page.md": sqlPage("Dune") });
    const watch = startWatch(site);
    const first = await watch.next();
    expect(first).toContain("All 2 outputs are verified with 2 clients");
    expect(first).toContain("01-sql");

    site.edit(
      "page.md",
      "IS NOT NULL;\n```\n\n```\n name\n------\n Dune",
      "IS NOT NULL;\n```\n\n```\n name\n------\n Duna",
    );
    const wrong = await watch.next();
    expect(wrong).toMatch(/✗ 03-sql {2}drift/);
    expect(wrong).toContain("- Duna");
    expect(wrong).not.toContain("02-sql");
    expect(wrong).toContain("Not verified; 1 changed");

    // Words and lines above change nothing.
    site.edit("page.md", "# About Dune", "# About Dune\n\nA sentence more.");
    expect(await watch.next()).toContain("Not verified; nothing changed");

    // A block more, and the tables are new ones.
    site.edit("page.md", "IS NOT NULL;", "IS NULL;");
    site.edit("page.md", " Duna\n(1 row)", "(0 rows)");
    let later = await watch.next();
    if (!later.includes("2 clients")) later = await watch.next(); // two saves may be two changes
    expect(later).toContain("All 2 outputs are verified with 2 clients");

    site.edit("page.md", "SELECT name FROM t;", "SELECT nome FROM t;");
    expect(await watch.next()).toContain('column "nome" does not exist');
    watch.child.kill("SIGINT");
    expect(await watch.ended).toBe(130);
  });

  test("judges again when a file changes that sets it up, also one that it names since", async () => {
    const read = "```sql\nSELECT name FROM t;\n```\n\n```\n name\n------\n Dune\n(1 row)\n```\n";
    const table = (name: string) => `CREATE TABLE t (name text); INSERT INTO t VALUES ('${name}');`;
    const site = makeSite({
      "page.md": `---\nguide:\n  setup: a.sql\n---\n\n${read}`,
      "a.sql": table("Dune"),
      "b.sql": table("Dune"),
    });
    const watch = startWatch(site);
    expect(await watch.next()).toContain("is verified");
    site.edit("page.md", "a.sql", "b.sql");
    expect(await watch.next()).toContain("is verified");
    site.write("b.sql", table("Emma"));
    expect(await watch.next()).toMatch(/✗ 02-sql +drift[\s\S]*Not verified; 1 changed/);
    // What is saved next does not hide it.
    site.edit("page.md", "Dune", "Duna");
    expect(await watch.next()).toContain("- Duna");
  });

  test("waits for the next save where the page cannot be followed", async () => {
    const site = makeSite({ "page.md": sqlPage("Dune") });
    const watch = startWatch(site);
    await watch.next();
    site.write("page.md", "# Nothing\n");
    await watch.prints("has nothing to verify");
    site.write("page.md", sqlPage("Emma"));
    await watch.prints(/nothing to verify[\s\S]*All 2 outputs are verified/);
  });
});
