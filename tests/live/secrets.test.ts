import { expect, inject, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

test("a password that is printed in pieces never reaches the page", async () => {
  const project = makeShellGuide(["01-create"]);
  const pieces =
    'printf "Here: reader-"; sleep 1; printf "sec"; sleep 1; printf "ret, re"; sleep 1';
  project.write("steps/01-create.sh", `${pieces}\necho "$DATABASE_URL" >&2; exit 1\n`);
  const guide = await openGuide(project, [], { DATABASE_URL: inject("databaseUrl") });
  const address = await guide.address();
  const { origin } = new URL(address);
  const cookie = (await fetch(address)).headers.get("set-cookie")?.split(";")[0] ?? "";
  const { body } = await fetch(`${origin}/events`, { headers: { cookie } });
  const headers = { cookie, origin, "content-type": "application/json" };
  const action = { kind: "run", run: 0, shown: {} };
  await fetch(`${origin}/ask`, { method: "POST", headers, body: JSON.stringify(action) });
  let told = "";
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    told += text;
    if (/"kind":"(done|end)"/.test(told)) break;
  }
  const texts = [...told.matchAll(/"client":"pg","text":"([^"]*)"/g)].map(([, text]) => text);
  expect(texts.join("")).toContain("Here: ••••, re");
  expect(told).not.toMatch(/reader-|secret/);
  expect(told).toContain("••••@127.0.0.1");
});
