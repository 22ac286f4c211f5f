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
