import { expect, test } from "vitest";
import type { Outcome } from "../../runner/guide/outcome.ts";
import { selectDrivers } from "../../runner/guide/select.ts";
import { runAll } from "../../runner/run/run-all.ts";
import type { Session } from "../../runner/run/session.ts";
import { finished, guideOf, judged } from "../report/events.ts";

test("drivers are selected in the guide's order, whatever order they are asked for in", () => {
  const guide = guideOf([]);
  expect(selectDrivers(guide, ["postgres", "pg"])).toEqual(["pg", "postgres"]);
  expect(selectDrivers(guide, ["postgres"])).toEqual(["postgres"]);
  expect(selectDrivers(guide, [])).toEqual(["pg", "postgres"]);
  expect(() => selectDrivers(guide, ["pg", "mysql"])).toThrow(
    'There is no driver "mysql". The clients: pg, postgres.',
  );
});

test("a run is judged with its drivers in order, whichever is done first", async () => {
  const one = await judged("02-read", "match", "1\n", finished("1\n"));
  let postgresIsDone = () => {};
  const pgWaits = new Promise<void>((resolve) => {
    postgresIsDone = resolve;
  });
  const began: string[] = [];
  const session: Session = {
    ...unused,
    async execute(_, driver): Promise<Outcome> {
      began.push(driver);
      if (driver === "pg") await pgWaits;
      else postgresIsDone();
      return finished("1\n");
    },
  };
  const order: string[][] = [];
  await runAll({
    guide: guideOf([one]),
    runs: [one.run],
    clients: ["pg", "postgres"],
    session,
    onJudged: ({ clients }) => order.push(clients.map(({ client }) => client)),
  });
  expect(began).toEqual(["pg", "postgres"]);
  expect(order).toEqual([["pg", "postgres"]]);
});

const refuse = () => Promise.reject(new Error("not asked for here"));

const unused = {
  server: {
    label: "",
    kind: "external",
    clientsShare: "server",
    createDatabase: refuse,
    withConnection: refuse,
    close: refuse,
  },
  directory: "",
  directoryOf: () => "",
  rewind: refuse,
  programOf: refuse,
  sourcesOf: () => new Map(),
  databaseOf: refuse,
  stop: () => {},
  expect: async () => {},
  recompile: refuse,
  reset: refuse,
  close: refuse,
} as const;
