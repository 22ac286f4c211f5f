import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { openAutoSave, readBoard, saveBoard } from "../../classroom/board/board-file.ts";
import { findEntry, saveEntry } from "../../classroom/board/board-link.ts";
import { openGuard, openLimit, serveBoard } from "../../classroom/board/board-server.ts";
import { boardView, openPages, PAGE_LIMIT } from "../../classroom/board/board-view.ts";
import {
  LEARNER_LIMIT,
  LEARNERS_FROM_ONE_ADDRESS,
  openLearners,
} from "../../classroom/board/learners.ts";
import { nameKeys } from "../../classroom/board/names.ts";
import { readReport } from "../../classroom/board/report.ts";
import { listen } from "../../classroom/common/web-server.ts";
import { expectRefused } from "../support/command.ts";
import { copySmallProject, expectExit, given, type ProjectCopy } from "../support/project.ts";

const secret = "a-secret-of-some-length";
const progress = { exercise: "steps/01-create", verdict: "to do", attempts: 1, hints: 2 };

async function startBoard(project: ProjectCopy, ...choices: string[]) {
  const board = project.start(["board", ...choices]);
  const printed = await board.prints(/http:\/\/[^\s]+\/\n/);
  const [address = ""] = /http:\/\/[^\s]+\//.exec(printed) ?? [];
  return { ...board, address, port: new URL(address).port };
}

type Body = Record<string, unknown>;

function report(address: string, body: Body, headers: Record<string, string> = {}) {
  return fetch(new URL("report", address), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ name: "Ada", secret, progress: [progress], ...body }),
  });
}

/** What a page is told first. */
async function look(address: string) {
  const stop = new AbortController();
  const { body, status } = await fetch(new URL("events", address), { signal: stop.signal });
  if (!body || status !== 200) throw new Error(`The stream answered ${status}`);
  const { value } = await body.pipeThrough(new TextDecoderStream()).getReader().read();
  stop.abort();
  return JSON.parse(value?.split("data: ")[1] ?? "");
}

let silentConnection: { readonly closed: Promise<void> } | undefined;

// It is closed after some seconds. The tests need not wait for that.
beforeAll(async () => {
  const learners = openLearners(new Set(), []);
  const guide = { title: "T", command: "npx run-guide" };
  const pages = openPages(() => boardView(guide, [], learners.all, true, 0));
  const options = {
    ...{ host: "127.0.0.1", code: "code", guide: guide.title },
    ...{ learners, pages, onChange: () => {} },
  };
  const board = await serveBoard({ ...options, port: 0 });
  const socket = connect(board.port, "127.0.0.1");
  socket.resume();
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  silentConnection = { closed };
  return async () => {
    socket.destroy();
    pages.close();
    await board.close();
  };
});

test("everything needs the code, and guesses are counted", async () => {
  const { address, port } = await startBoard(copySmallProject(["pg"]), "--port", "0");
  expect(new URL(address).hostname).toBe("127.0.0.1");
  const wrong = `http://127.0.0.1:${port}/aaaaaaaaaaaa/`;
  for (const path of ["/", "/events", "/report", "/aaaaaaaaaaaa/", "/aaaaaaaaaaaa/events"]) {
    expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(404);
  }
  expect((await report(wrong, {})).status).toBe(404);
  for (let guess = 0; guess < 20; guess++) await fetch(wrong);
  expect((await fetch(wrong)).status).toBe(429);
  // An address that only guesses doesn't learn that a guess was right.
  expect((await fetch(address)).status).toBe(429);
});

test("a name belongs to whoever came with it first; the state survives; names stay hidden", async () => {
  const project = copySmallProject(["pg"]);
  const first = await startBoard(project, "--port", "0");
  const { address, port } = first;
  await first.prints(`learn --board ${address}`); // to copy
  expect(await (await report(address, {})).json()).toEqual({ number: 1 });
  const other = "another-secret-that-is-long";
  expect((await report(address, { secret: other })).status).toBe(403);
  expect((await report(address, { name: "ADA", secret: other })).status).toBe(403);
  expect(await (await report(address, { name: "Ben", secret: other })).json()).toEqual({
    number: 2,
  });

  // The exercises of another guide may have the same names.
  expect((await report(address, { guide: "Another guide" })).status).toBe(409);

  // Somebody who guesses fast uses up nobody else's share.
  const guesses = Array.from({ length: 25 }, () => report(address, { secret: `${other}1` }));
  expect((await Promise.all(guesses)).map(({ status }) => status)).toContain(429);
  expect((await report(address, { progress: [{ ...progress, verdict: "passed" }] })).status).toBe(
    200,
  );

  const shown = await look(address);
  expect(shown).toMatchObject({
    learners: 2,
    waiting: [{ who: "Learner 2", attempts: 1, hints: 2 }],
  });
  expect(shown.courses).toMatchObject([
    { name: "steps", exercises: [{ here: 1, done: 1 }, { here: 0 }] },
  ]);
  expect(JSON.stringify(shown)).not.toMatch(/Ada|Ben/);
  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(143);
  expect(project.read("exercises/board.json")).not.toContain(secret);

  const second = await startBoard(project, "--port", port, "--names");
  expect(second.address).toBe(address);
  expect(await look(address)).toMatchObject({ learners: 2, waiting: [{ who: "Ben" }] });
  expect((await report(address, { secret: other })).status).toBe(403);
});

test("a board whose state cannot be saved says so, and lives on", async () => {
  const project = copySmallProject(["pg"]);
  const board = await startBoard(project, "--port", "0");
  project.remove("exercises/board.json");
  project.write("exercises/board.json/in-the-way", "");
  expect((await report(board.address, {})).status).toBe(200);
  await board.prints("Cannot save the board's state: ");
  expect((await report(board.address, { name: "Ben" })).status).toBe(200);
  expect(await look(board.address)).toMatchObject({ learners: 2 });
});

test("why a state is not saved is said once, when it changes, and at the end", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const notes: string[] = [];
  const { directory } = copySmallProject(["pg"]);
  let fault = "full";
  const save = () => {
    if (fault) throw new Error(fault);
    saveBoard(join(directory, "board.json"), { code: "23456789abcd", learners: [] });
  };
  const autoSave = openAutoSave(save, (text) => {
    notes.push(/: (\S+)\. Make space/.exec(text)?.[1] ?? text);
  });
  const change = () => {
    autoSave.changed();
    vi.runAllTimers();
  };
  change();
  change();
  expect(notes).toEqual(["full"]);
  fault = "read-only";
  change();
  expect(notes).toEqual(["full", "read-only"]);
  expect(autoSave.now()).toBe(false);
  expect(notes).toEqual(["full", "read-only", "read-only"]);
  fault = "";
  expect(autoSave.now()).toBe(true);
});

test("a second board with the same state is refused", async () => {
  const project = copySmallProject(["pg"]);
  const { address } = await startBoard(project, "--port", "0");
  const second = await project.guide(["board", "--port", "0"]);
  expectExit(second, 2);
  expect(second.stderr).toMatch(/^A board that uses .*board\.json is already running at /);
  expect(second.stderr).toContain(address);
});

test("what is no report, too large, or from another site is refused, and so is a place that is taken", async () => {
  const project = copySmallProject(["pg"]);
  const { address, port, child } = await startBoard(project, "--port", "0");
  const post = (headers: Record<string, string>, body: string) =>
    fetch(new URL("report", address), { method: "POST", headers, body });
  const json = { "content-type": "application/json" };
  expect((await report(address, {}, { origin: "http://evil.example" })).status).toBe(403);
  expect((await report(address, {}, { origin: new URL(address).origin })).status).toBe(403);
  expect((await post({ "content-type": "text/plain" }, "{}")).status).toBe(415);
  expect((await post({}, "{}")).status).toBe(415);
  expect((await post(json, "{}")).status).toBe(400);
  expect((await post(json, `"${"x".repeat(20_000)}"`)).status).toBe(413);
  expect((await fetch(address, { method: "PUT" })).status).toBe(405);
  expect((await fetch(new URL("..%2f..%2fpackage.json", address))).status).toBe(404);

  expect((await fetch(address.slice(0, -1))).url).toBe(address);
  const page = await fetch(address);
  expect(page.headers.get("access-control-allow-origin")).toBeNull();
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page.headers.get("referrer-policy")).toBe("no-referrer");
  // Half a request does not stop it.
  const socket = connect(Number(port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write("POST /");
  expect((await report(address, {})).status).toBe(200);

  for (const [choices, option] of [
    [["--port", port], "--port"],
    [["--host", "203.0.113.9"], "--host"], // kept for documents: no machine has it
  ] as const) {
    const second = await copySmallProject(["pg"]).guide(["board", ...choices]);
    expectExit(second, 2);
    const advice = new RegExp(`^Cannot listen on .*\\. Choose another with ${option}\\.`);
    expect(second.stderr).toMatch(advice);
  }
  child.kill();
});

test.each([
  [{}, true],
  [{ name: "Łukasz 李 🦉 Ω" }, true],
  [{ name: "Ада Lovelace ❤\uFE0F" }, true],
  [{ name: "Ada\u3164" }, false],
  [{ name: "A\u034Fda" }, false],
  [{ name: "Ada\u2800" }, false],
  [{ name: "Ada  B" }, false],
  [{ name: "<b>x</b>" }, true],
  [{ name: "" }, false],
  [{ name: " Ada" }, false],
  [{ name: "a\u202Eb" }, false],
  [{ name: "a\nb" }, false],
  [{ name: "x".repeat(41) }, false],
  [{ secret: "short" }, false],
  [{ progress: Array(101).fill(progress) }, false],
  [{ progress: [{ ...progress, verdict: "cheated" }] }, false],
  [{ progress: [{ ...progress, attempts: -1 }] }, false],
  [{ progress: [{ ...progress, attempts: 1e9 }] }, false],
  [{ progress: "none" }, false],
])("%j: a report or not", (change, isReport) => {
  const body = JSON.stringify({ name: "Ada", secret, progress: [progress], ...change });
  expect(readReport(body) !== undefined).toBe(isReport);
});

test("the board shows who has been at the same exercise for longest, and what is no exercise", () => {
  const learners = openLearners(new Set(["pg/a", "pg/b"]), []);
  const tell = (
    name: string,
    exercise: string,
    verdict: "to do" | "not yet" | "passed",
    at: number,
  ) =>
    learners.take(
      { name, secret: name, progress: [{ exercise, verdict, attempts: 1, hints: 0 }] },
      "here",
      at,
    );
  tell("Ada", "pg/a", "to do", 1000);
  tell("Ben", "pg/a", "to do", 2000);
  tell("Ada", "pg/a", "not yet", 9000);
  tell("Cleo", "pg/a", "passed", 9000);
  tell("Cleo", "pg/b", "passed", 9000);
  tell("Dora", "nonsense", "to do", 9000);
  const guide = { title: "T", command: "npx run-guide" };
  const exercises = [
    { name: "pg/a", title: "A" },
    { name: "pg/b", title: "B" },
  ];
  const view = boardView(guide, [{ name: "pg", exercises }], learners.all, true, 61_000);
  expect(view.waiting.map(({ who, seconds }) => [who, seconds])).toEqual([
    ["Ada", 60],
    ["Ben", 59],
  ]);
  expect(view.courses).toMatchObject([{ learners: 3, finished: 1 }]);
  expect(learners.all.at(-1)?.progress).toEqual({});
  // What was right once and is not any more is not done.
  tell("Cleo", "pg/b", "not yet", 62_000);
  expect(
    boardView(guide, [{ name: "pg", exercises }], learners.all, true, 62_000).courses,
  ).toMatchObject([{ finished: 0 }]);
});

test("a limit begins anew after its time", () => {
  let now = 0;
  const limit = openLimit(2, 10, () => now);
  expect([limit.allows("a"), limit.allows("a"), limit.allows("a"), limit.allows("b")]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  now = 10;
  expect(limit.isReached("a")).toBe(false);
  expect(limit.allows("a")).toBe(true);
});

test("learn tells a board a name, verdicts, attempts and hints, and nothing else", async () => {
  const heard: { headers: string; body: string }[] = [];
  const server = createServer(async (request, response) => {
    heard.push({ headers: JSON.stringify(request.headers), body: await text(request) });
    response.end("{}");
  });
  const { port, close } = await listen(server, "127.0.0.1", 0);
  onTestFinished(close);
  const project = copySmallProject(["pg"]);
  const address = `http://127.0.0.1:${port}/some-code/`;
  const choices = ["learn", "--once", "steps/02-read", "--board", address, "--name", "Ada"];
  const result = await project.guide(choices, given);
  expectExit(result, 1);
  expect(result.stderr).toContain(
    "is told your name, Ada, the guide's title, and for each exercise the verdict",
  );
  const sent = heard.map(({ body }) => JSON.parse(body));
  const said = { exercise: "steps/02-read", verdict: "to do", attempts: 0, hints: 0 };
  const { secret } = sent[0];
  const ada = { name: "Ada", guide: "Small", secret };
  expect(sent).toContainEqual({ ...ada, progress: [said], hasLeft: false });
  expect(sent.at(-1)).toEqual({ ...ada, progress: [], hasLeft: true });
  for (const { headers, body } of heard) {
    expect(headers + body).not.toContain(project.directory);
    expect(body).not.toMatch(/SELECT|books/);
  }
});

test("a board that is not there costs nothing; it hears of it later", async () => {
  const project = copySmallProject(["pg"]);
  const board = await startBoard(project, "--port", "0");
  board.child.kill("SIGTERM");
  await board.ended;
  const learn = (...choices: string[]) =>
    project.guide(["learn", "--once", ...choices, "--board", board.address], given);
  const alone = await learn("steps/01-create", "--name", "Ada");
  expectExit(alone, 1);
  expect(alone.stdout).toContain("○ To do: Create the table `books`");

  await startBoard(project, "--port", board.port);
  expectExit(await learn("steps/02-read"), 1);
  const shown = await look(board.address);
  expect(shown).toMatchObject({ learners: 1, courses: [{ exercises: [{}, { here: 0 }] }] }); // it has left
  await expect
    .poll(() => project.read("exercises/board.json"))
    .toContain('"steps/01-create":{"verdict":"to do"');

  expect((await report(board.address, { name: "Ben" })).status).toBe(200);
  const taken = await learn("steps/02-read", "--name", "Ben");
  expect(taken.stderr).toContain("refused your report: another learner has this name.");
  expectExit(taken, 1);
  const nowhere = await project.guide(["learn", "--once", "steps/02-read", "--board", "nowhere"]);
  expect(nowhere.stderr).toContain('"nowhere" is not a board\'s address. Example: http://');
  expectExit(nowhere, 2);
});

test("a machine remembers each name on each board, and takes what is damaged for nothing", () => {
  const { directory } = copySmallProject(["pg"]);
  const told = (board: string, name?: string) => {
    const entry = findEntry(directory, board, name);
    saveEntry(directory, board, entry);
    return entry;
  };
  const ann = told("http://a/1/", "Ann");
  const ben = told("http://a/1/", "Ben");
  expect(ben.secret).not.toBe(ann.secret);
  expect(told("http://b/2/", "Ann").secret).not.toBe(ann.secret);
  expect(told("http://a/1/")).toEqual(ben);
  expect(told("http://a/1/", "Ann")).toEqual(ann);
  expect(told("http://a/1/")).toEqual(ann);

  const file = join(directory, "exercises/board-link.json");
  const damaged = [null, [], { "http://a/1/": ann }, { "http://a/1/": [null, { name: "Ann" }] }];
  for (const content of damaged) {
    writeFileSync(file, JSON.stringify(content));
    expect(told("http://a/1/", "Ann").name).toBe("Ann");
  }
  rmSync(file);
  mkdirSync(file);
  expect(told("http://a/1/", "Ann").name).toBe("Ann");
});

const learner = { number: 1, name: "Ada", secret: "x", from: "here", progress: {} };

test.each([
  null,
  [],
  { code: "", learners: [] },
  { code: "23456789abcd", learners: [null] },
  { code: "23456789abcd", learners: [{ ...learner, at: {} }] },
  { code: "23456789abcd", learners: [{ ...learner, progress: { "pg/a": null } }] },
  { code: "23456789abcd", learners: [{ ...learner, from: undefined }] },
  { code: "23456789abcd", learners: [], address: 1 },
])("%j is not the state of a board", (content) => {
  const file = join(copySmallProject(["pg"]).directory, "board.json");
  writeFileSync(file, JSON.stringify(content));
  expect(() => readBoard(file)).toThrow("board.json is not the state of a board. Move it away.");
});

test("an address that guesses is locked out for a minute; one that knows the code is not", () => {
  let now = 0;
  const guard = openGuard(
    "right",
    openLimit(20, 60_000, () => now),
  );
  const ask = (remoteAddress: string, code: string) => {
    const answer = guard({
      method: "GET",
      url: `/${code}/`,
      headers: {},
      socket: { remoteAddress },
    });
    return answer.kind === "refused" ? answer.status : answer.route;
  };
  expect(ask("class", "right")).toBe("GET ");
  for (let guess = 0; guess < 20; guess++) {
    expect([ask("guesser", "wrong"), ask("class", "wrong")]).toEqual([404, 404]);
  }
  expect([ask("guesser", "right"), ask("guesser", "wrong")]).toEqual([429, 429]);
  expect([ask("class", "wrong"), ask("class", "right")]).toEqual([404, "GET "]);
  expect(ask("other", "right")).toBe("GET ");
  now = 60_000;
  expect(ask("guesser", "right")).toBe("GET ");
});

test("one address cannot fill the board, not even with a restart; many can, and then it is full", () => {
  const names = (count: number, from: string, learners = openLearners(new Set(), [])) => {
    const answers = Array.from({ length: count }, (_, index) => {
      const name = `${from} ${index}`;
      return learners.take({ name, secret: name, progress: [] }, from, 0).kind;
    });
    return { learners, taken: answers.filter((kind) => kind === "taken").length };
  };
  const { learners, taken } = names(1500, "attacker");
  expect(taken).toBe(LEARNERS_FROM_ONE_ADDRESS);
  const restarted = openLearners(new Set(), JSON.parse(JSON.stringify(learners.all)));
  expect(names(1, "attacker", restarted).taken).toBe(1); // a name of the attacker's own
  expect(names(301, "attacker", restarted).taken).toBe(300);
  expect(names(300, "class", restarted).taken).toBe(300);
  for (const room of ["a", "b", "c"]) expect(names(300, room, restarted).taken).toBe(300);
  expect(restarted.all.length).toBe(LEARNER_LIMIT);
  expect(names(1, "late", restarted).taken).toBe(0);
  expect(names(300, "class", restarted).taken).toBe(300); // who is there stays there
});

test.skipIf(process.platform !== "linux")(
  "300 idle pages of one learner do not keep the others from the board",
  async () => {
    const { address, port } = await startBoard(copySmallProject(["pg"]), "--port", "0");
    const path = `${new URL(address).pathname}events`;
    /** Opens the board's stream from an address of this machine, and never reads more of it. */
    const open = (localAddress: string) =>
      new Promise<{ readonly isOpen: () => boolean }>((resolve, reject) => {
        const socket = connect({ host: "127.0.0.1", port: Number(port), localAddress });
        onTestFinished(() => void socket.destroy());
        let isOpen = true;
        socket.on("close", () => {
          isOpen = false;
        });
        socket.on("error", () => {});
        socket.write(`GET ${path} HTTP/1.1\r\nHost: board\r\n\r\n`);
        socket.once("data", (data) => {
          if (String(data).startsWith("HTTP/1.1 200")) resolve({ isOpen: () => isOpen });
          else reject(new Error(String(data)));
        });
      });
    const projector = await open("127.0.0.2");
    for (let count = 0; count < PAGE_LIMIT + 20; count++) await open("127.0.0.3");
    expect(projector.isOpen()).toBe(true);
    expect((await open("127.0.0.2")).isOpen()).toBe(true);
    expect((await report(address, {})).status).toBe(200);
    expect(await look(address)).toMatchObject({ learners: 1 });
  },
);

test("a connection that sends nothing is closed", { timeout: 20_000 }, async () => {
  expect(silentConnection).toBeDefined();
  await silentConnection?.closed;
});

test.each([
  ["Ada", "ADA"],
  ["Ada", "Ada\uFE0F"],
  ["Ada", "A\u034Fda"],
  ["Ada", "Ａｄａ"],
  ["Ada", "Аda"], // its first letter is Cyrillic
  ["ADA", "\uA4EE\uA4D3\uA4EE"], // Lisu
  ["Ace", "Асе"], // all three are Cyrillic
  ["PETER", "РЕТЕR"],
  ["Nikos", "Νικοs"],
  ["Åsa", "A\u030Asa"],
  ["Ali", "AIi"],
  ["Ian", "lan"],
  ["Lan", "lan"],
  ["Bob", "B0b"],
  ["Anna 1", "Anna l"],
])("the names %s and %s look the same", (one, other) => {
  expect(nameKeys(other).some((key) => nameKeys(one).includes(key))).toBe(true);
});

test.each([
  ["Ada", "Adam"],
  ["Ann", "Änn"],
  ["Иван", "Ivan"],
  ["Lan", "Ian"],
  ["Mamie", "Marnie"],
])("the names %s and %s are two", (one, other) => {
  expect(nameKeys(other).some((key) => nameKeys(one).includes(key))).toBe(false);
});

test("the board shows who needs help, who is offline, who has left, and where most are", () => {
  const exercises = ["pg/01-a", "pg/02-b"].map((name) => ({ name, title: "T" }));
  const learners = openLearners(new Set(exercises.map(({ name }) => name)), []);
  const tell = (name: string, now: number, more: object = {}) => {
    const told = readReport({ name, secret: `${name}${secret}`, progress: [], ...more });
    if (!told) throw new Error("not a report");
    return learners.take(told, "here", now);
  };
  const at = (exercise: string) => ({
    progress: [{ exercise, verdict: "not yet", attempts: 1, hints: 0 }],
  });
  tell("Ann", 0, { ...at("pg/02-b"), help: true });
  tell("Ben", 0, at("pg/02-b"));
  tell("Cho", 0, at("pg/01-a"));
  tell("Dee", 60_000, { ...at("pg/01-a"), hasLeft: true }); // does not count as being there
  tell("Ann", 60_000);
  const look = (now: number) =>
    boardView({ title: "T", command: "c" }, [{ name: "pg", exercises }], learners.all, false, now);
  expect(look(100_000)).toMatchObject({
    learners: 4,
    here: 1,
    helping: [{ who: "Learner 1", exercise: "pg/02-b", seconds: 100 }],
    everyone: [
      { who: "1", presence: "here", needsHelp: true },
      { presence: "offline" },
      { presence: "offline" },
      { presence: "left" },
    ],
    courses: [
      {
        exercises: [
          { here: 1, isBusiest: false },
          { here: 2, isBusiest: true },
        ],
      },
    ],
  });
  tell("Ann", 100_000, { help: false });
  expect(look(100_000).helping).toEqual([]);
  expect(tell("Ann", 0, { secret: "another-secret-of-length" })).toEqual({
    kind: "not yours",
    suggestion: "Ann 2",
  });
  tell("Ann 2", 0, { secret });
  expect(tell("Ann 2", 0, { secret: "another-secret-of-length" })).toMatchObject({
    suggestion: "Ann 3",
  });
});

test("--csv keeps a table for the teacher, and replaces no other file", async () => {
  const project = copySmallProject(["pg"]);
  const csv = join(project.directory, "class.csv");
  const board = await startBoard(project, "--port", "0", "--csv", csv);
  await report(board.address, { name: "=Ada, the first" });
  await expect.poll(() => project.read("class.csv")).toContain("steps/01-create");
  expect(project.read("class.csv")).toBe(
    `\uFEFFnumber,name,presence,needs help,exercise,verdict,attempts,hints\r\n1,"'=Ada, the first",here,,steps/01-create,to do,1,2\r\n`,
  );
  board.child.kill("SIGTERM");
  await board.ended;

  // The same class goes on. Meanwhile, the teacher adds a column.
  const again = await startBoard(project, "--port", "0", "--csv", csv);
  const graded = project.read("class.csv").replace("hints", "hints,grade");
  project.write("class.csv", graded);
  await report(again.address, { name: "Ben" });
  await expect.poll(() => existsSync(join(project.directory, "class-2.csv"))).toBe(true);
  expect(project.read("class-2.csv")).toContain("\r\n2,Ben,");
  await again.prints("class.csv was changed, and stays as it is. The table goes on in ");
  again.child.kill("SIGTERM");
  await again.ended;
  expect(project.read("class.csv")).toBe(graded);

  const refuse = async (file: string, message: string) =>
    expectRefused(project.guide(["board", "--port", "0", "--csv", file]), message);
  const foreign =
    "is not as this board wrote it, and is not replaced. Move it away, or name another";
  await refuse(csv, `class.csv ${foreign}`);
  await refuse("/dev/zero", "/dev/zero cannot be read");
  await refuse(join(project.directory, "steps/class.csv"), "is among the guide's own files");
  // Another class begins.
  project.remove("exercises/board.json");
  await refuse(join(project.directory, "class-2.csv"), `class-2.csv ${foreign}`);
  expect(project.read("class-2.csv")).toContain("Ben");
});
