import { expect, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { visit } from "../support/live-visit.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

test("a password that is printed in pieces never reaches the page", async () => {
  const project = makeShellGuide(["01-create"]);
  const pieces =
    'printf "Here: reader-"; sleep 1; printf "sec"; sleep 1; printf "ret, re"; sleep 1';
  project.write("steps/01-create.sh", `${pieces}\necho "$DATABASE_URL" >&2; exit 1\n`);
  const guide = await openGuide(project);
  const told = await (await visit(guide)).told({ kind: "run", run: 0 }, /"kind":"(done|end)"/);
  const texts = [...told.matchAll(/"client":"pg","text":"([^"]*)"/g)].map(([, text]) => text);
  expect(texts.join("")).toContain("Here: ••••, re");
  expect(told).not.toMatch(/reader-|secret/);
  expect(told).toContain("••••@127.0.0.1");
});

test("what an author wrote of the password is not on the page, and not in an editor", async () => {
  const project = makeShellGuide(["01-create"]);
  project.write("steps/01-create.md", "# Create\n\nLog in with `reader-secret`.\n");
  project.edit("steps/01-create.sh", "cat", "# by heart: reader-secret\ncat");
  const guide = await openGuide(project);
  const page = await visit(guide);
  const html = await page.html();
  expect(html).toContain("Log in with <code>••••</code>");
  expect(html).toContain("# by heart: ••••");
  expect(html).not.toContain("reader-secret");
  const { refusal } = await page.question({ kind: "script", script: 0 });
  expect(refusal).toBe(
    "409: steps/01-create.sh contains your server's password, perhaps by chance: it cannot be edited here. Use your own editor.",
  );
});

test("a version with the password in it is not kept", async () => {
  const page = await visit(await openGuide(makeShellGuide(["01-create"])));
  const { digest: seen, guide: text } = await page.question({ kind: "script", script: 0 });
  const own = `${text}# reader-secret\n`;
  const { refusal } = await page.question({ kind: "write", script: 0, text: own, seen });
  expect(refusal).toMatch(/^409: Your version contains your server's password/);
  expect(await page.question({ kind: "script", script: 0 })).toMatchObject({ version: null });
});
