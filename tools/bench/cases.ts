import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeLongGuide, makeLoudGuide } from "./guides.ts";
import { type Field, findPeers } from "./peers.ts";
import { runProcess } from "./process.ts";
import { compare, type Demand, runCrowd, runFirst, runGuide, runOther, starts } from "./runner.ts";
import type { Case, Group, Measurement } from "./series.ts";
import { pairWithPlain } from "./step-cost.ts";
import { saveToVerdict } from "./watch.ts";

/** All cases that this machine can run, in the order of the table, and what it cannot run. */
export async function makeCases(field: Field): Promise<{ cases: Case[]; leftOut: string[] }> {
  const peers = await findPeers(field);
  const cases = [
    ...guideCases(field),
    ...peers.flatMap((one): Case[] => ("leftOut" in one ? [] : [{ ...one, group: "peers" }])),
    ...stepCases(field),
    ...growthCases(field),
    ...outputCases(field),
    ...crowdCases(field),
  ];
  const leftOut = peers.flatMap((one) => ("leftOut" in one ? [one.leftOut] : []));
  if (!isNodeEnough)
    leftOut.push("node run-guide.ts is left out: it needs Node.js 22.18 or newer.");
  return { cases, leftOut };
}

/** From these versions on, Node.js takes the types away by itself, without a flag. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isNodeEnough = major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);

function guideCases({ guide, server, directory }: Field): Case[] {
  const embedded: Demand = { runs: guide.runs.length, verdict: "match", server: "embedded" };
  const external: Demand = { ...embedded, server: "external" };
  const empty = join(directory, "empty.ts");
  writeFileSync(empty, "");
  const usable = Object.entries(starts).filter(([name]) => name !== "node" || isNodeEnough);
  return [
    ...usable.flatMap(([name, start]) => [
      make("guide", `${name}-empty`, `${start.label}, an empty file`, async () => {
        const { program, choices } = start;
        return { wall: (await runProcess({ program, choices: [...choices, empty] })).wall };
      }),
      make("guide", `${name}-external`, `${start.label} run-guide.ts, running server`, () =>
        runGuide(start, external, { DATABASE_URL: server.url }),
      ),
      make("guide", `${name}-embedded`, `${start.label} run-guide.ts, embedded server`, () =>
        runGuide(start, embedded, {}),
      ),
    ]),
    make("guide", "first", "npx tsx run-guide.ts, first run ever", () =>
      runFirst(starts.tsx, embedded, join(directory, "first")),
    ),
    make("guide", "save", "--watch: from a save of the last step to its verdict", () =>
      saveToVerdict(directory, server.url),
    ),
  ];
}

function stepCases(field: Field): Case[] {
  if (process.platform === "win32") return []; // bash measures the processor time
  return [make("step", "step", "02-read with pg", () => pairWithPlain(field))];
}

function growthCases({ server, directory }: Field): Case[] {
  return [4, 40, 200].map((runs) => {
    const guide = once(() => makeLongGuide(directory, runs));
    const demand: Demand = { runs, verdict: "match", server: "external" };
    return make("growth", `growth-${runs}`, `${runs} steps`, () =>
      runOther(guide(), demand, server.url),
    );
  });
}

function outputCases({ server, directory }: Field): Case[] {
  const loud = (name: string, megabytes: number, verdict: Demand["verdict"]) => {
    const word = verdict === "match" ? "printed" : "documented";
    const guide = once(() => makeLoudGuide(directory, megabytes, word));
    const label = `${megabytes} MB ${verdict === "match" ? "of output" : "that differ everywhere"}`;
    return make("output", name, label, async () => {
      const measured = await runOther(
        guide(),
        { runs: 1, verdict, server: "external" },
        server.url,
      );
      return { ...measured, comparison: await compare(guide(), join(guide(), "printed"), verdict) };
    });
  };
  const equal = [1, 10, 100].map((megabytes) => loud(`output-${megabytes}`, megabytes, "match"));
  return [...equal, loud("differs-100", 100, "drift")];
}

function crowdCases({ guide }: Field): Case[] {
  const demand: Demand = { runs: guide.runs.length, verdict: "match", server: "embedded" };
  return [1, 5, 20].map((count) =>
    make("crowd", `crowd-${count}`, `${count} runner${count > 1 ? "s at once" : ""}`, () =>
      runCrowd(count, demand),
    ),
  );
}

function make(group: Group, name: string, label: string, run: () => Promise<Measurement>): Case {
  return { group, name, label, run };
}

/** Makes something when it is first needed, which is in the warm-up. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
