import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Outcome } from "../../runner/guide/outcome.ts";
import { runAll } from "../../runner/run/run-all.ts";
import type { Session } from "../../runner/run/session.ts";
import { makeRuns } from "../support/runs.ts";

/** Plays outcomes instead of running steps: the order in which runs begin is what is looked at. */
function play(
  clientsShare: "server" | "database",
  outcome: (run: string, client: string) => Outcome,
) {
  const begun: string[] = [];
  let stopped: string | undefined;
  const unused = () => Promise.reject(new Error("not used"));
  const session: Session = {
    server: {
      kind: "external",
      label: "played",
      clientsShare,
      createDatabase: unused,
      withConnection: unused,
      close: unused,
    },
    directory: "",
    directoryOf: () => "",
    rewind: unused,
    async execute(run, client) {
      if (stopped) return { kind: "skipped", because: stopped };
      begun.push(`${run.name} ${client}`);
      if (client === "postgres") for (let i = 0; i < 20; i++) await turn(); // it is the slower one
      return outcome(run.name, client);
    },
    stop(because) {
      stopped ??= because;
    },
    programOf: unused,
    sourcesOf: () => new Map(),
    databaseOf: unused,
    expect: async () => {},
    recompile: unused,
    reset: unused,
    close: unused,
  };
  return { session, begun };
}

const goldens = { "01-a": "a\n", "02-b": "b\n", "03-c": "c\n" };
const text = (run: string) => `${run.slice(3)}\n`;

test.each<["a failure" | "drift" | "divergence"]>([["a failure"], ["drift"], ["divergence"]])(
  "--bail: no client begins another run after %s",
  async (kind) => {
    const { guide, runs, printed, failed } = makeRuns(goldens);
    const { session, begun } = play("server", (run, client) => {
      if (run !== "02-b") return printed(text(run));
      if (kind === "a failure") return client === "postgres" ? failed() : printed(text(run));
      return printed(kind === "drift" ? "x\n" : `${client}\n`);
    });
    const clients = ["pg", "postgres"];
    const judged = await runAll({ guide, runs, clients, session, bail: true });
    expect(begun).toEqual(["01-a pg", "01-a postgres", "02-b pg", "02-b postgres"]);
    const verdict = kind === "a failure" ? "error" : kind;
    expect(judged.map((run) => run.verdict)).toEqual(["match", verdict, "skipped"]);
    expect(judged[2]?.clients[0]?.outcome).toEqual({
      kind: "skipped",
      because: "--bail: 02-b failed",
    });
  },
);

test("--bail, where clients share a database: the second one does not begin", async () => {
  const { guide, runs, printed } = makeRuns(goldens);
  const { session, begun } = play("database", (run) => printed(run === "02-b" ? "x\n" : text(run)));
  await runAll({ guide, runs, clients: ["pg", "postgres"], session, bail: true });
  expect(begun).toEqual(["01-a pg", "02-b pg"]);
});

test("without --bail, clients do not wait for each other, and the verdicts come in order", async () => {
  const { guide, runs, printed } = makeRuns(goldens);
  const { session, begun } = play("server", (run) => printed(text(run)));
  const told: string[] = [];
  const onJudged = ({ run, verdict }: { run: { name: string }; verdict: string }) =>
    void told.push(`${run.name} ${verdict}`);
  await runAll({ guide, runs, clients: ["pg", "postgres"], session, onJudged });
  expect(begun.indexOf("03-c pg")).toBeLessThan(begun.indexOf("02-b postgres"));
  expect(told).toEqual(["01-a match", "02-b match", "03-c match"]);
});

test("a step that writes what it prints into its golden file proves nothing", async () => {
  const { directory, guide, runs, printed } = makeRuns(goldens);
  const { session } = play("server", (run) => {
    writeFileSync(join(directory, "expected/02-b.txt"), "x\n");
    return printed(text(run));
  });
  await expect(runAll({ guide, runs, clients: ["pg"], session })).rejects.toThrow(
    "02-b.txt changed while the guide ran",
  );
});
