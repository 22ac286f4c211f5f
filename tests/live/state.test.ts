import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { chooseClients, liveClients } from "../../classroom/live/live-clients.ts";
import { openLiveState, openPages } from "../../classroom/live/live-state.ts";
import { openLivePage } from "../../classroom/live/make-page.ts";
import type { DoneState, ServerEvent } from "../../classroom/live/messages.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { root } from "../support/programs.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

const done: DoneState = {
  kind: "done",
  verdict: "match",
  text: "",
  isStale: false,
  versions: [],
  effects: "",
  clients: [],
  changes: undefined,
  databases: { kind: "unknown" },
};

test("what others wrote is made visible, wherever it is: a table's name, a column's, a cell", async () => {
  const guide = await loadGuide(makeShellGuide().directory);
  const pages = openPages(60_000, () => {});
  onTestFinished(() => pages.close());
  const state = openLiveState(guide, ["pg"], pages.send);
  const evil = "a\u202eb\u001b[2J\u2066";
  const row = { change: "changed", cells: [evil, null], before: [evil, evil] } as const;
  const table = { name: evil, columns: [evil, "b"], moreColumns: 0, rows: [row], moreRows: 0 };
  const client = {
    client: "pg",
    file: evil,
    output: evil,
    note: evil,
    isGood: false,
    isVersion: false,
  };
  const details = { kind: "error", summary: evil, line: 1, name: evil, lines: [evil] } as const;
  const tables = [{ ...table, isDropped: false }];
  state.setRun(0, {
    ...done,
    clients: [{ ...client, details, tables, unshown: [evil], statements: undefined }],
    databases: { kind: "different", odd: ["pg"], differences: [evil] },
  });

  const server = createServer((_, response) =>
    pages.join(response, state.past({ library: "", courses: [], course: "" })),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const { body } = await fetch(`http://127.0.0.1:${port}/`);
  const { value = "" } =
    (await body?.pipeThrough(new TextDecoderStream()).getReader().read()) ?? {};
  expect(value).not.toMatch(/\u202e|\u2066|\\u202e|\\u001b/i);
  const event: ServerEvent = JSON.parse(value.slice("data: ".length));
  const first = event.kind === "past" ? event.states[0] : undefined;
  const rows = first?.kind === "done" ? first.clients[0]?.tables[0]?.rows : undefined;
  expect(rows?.[0]?.cells).toEqual(["a\\u{202e}b\\x1b[2J\\u{2066}", null]);
});

test("a save makes the run that it affects stale, and all later ones", async () => {
  const guide = await loadGuide(makeShellGuide().directory);
  const state = openLiveState(guide, ["pg"], () => {});
  for (const { index } of guide.runs) state.setRun(index, done);
  state.setStale(2, true);
  const isStale = guide.runs.map(({ index }) => {
    const run = state.runState(index);
    return run?.kind === "done" && run.isStale;
  });
  expect(isStale).toEqual([false, false, true, true, true, true]);
});

test("a page that is made again from the same files is the same", async () => {
  const guide = await loadGuide(root);
  const clients = liveClients(await chooseClients(guide, { driver: [], timeout: 60 }));
  const page = await openLivePage(guide, clients, { kind: "embedded", label: "PostgreSQL" });
  expect(page.htmlWith("")).toContain("<code>standalone/pg/01-create.ts</code>");
  expect(await page.reload()).toBe(false);
});
