import type { Guide } from "../runner/guide/guide.ts";
import { runFloor, runLoop, runOriginals } from "./contestants.ts";
import { bundleSteps, transpileSteps } from "./floor.ts";
import { makeLongGuide } from "./guides.ts";
import { loudRun } from "./output.ts";
import type { Python } from "./python.ts";
import type { Demand } from "./report.ts";
import { runCrowd, runFirst, runGuide, runOther, starts } from "./runner.ts";
import { saveToVerdict } from "./saving.ts";
import type { Case, Group, Measurement } from "./series.ts";
import type { BenchServer } from "./server.ts";

/** What the cases need. */
export interface Setting {
  readonly guide: Guide;
  readonly server: BenchServer;
  /** undefined where no Python can run the originals. */
  readonly python: Python | undefined;
  /** Where this Node.js runs TypeScript by itself. */
  readonly isNodeEnough: boolean;
  /** A directory for what the cases make. */
  readonly place: string;
}

/** All cases that this machine can run, in the order of the table. */
export function makeCases(setting: Setting): Case[] {
  return [
    ...guideCases(setting),
    ...growthCases(setting),
    ...outputCases(setting),
    ...crowdCases(setting),
  ];
}

function guideCases({ guide, server, python, isNodeEnough, place }: Setting): Case[] {
  const onEmbedded: Demand = { runs: guide.runs.length, verdict: "match", server: "embedded" };
  const onGiven: Demand = { ...onEmbedded, server: "given" };
  const environment = { DATABASE_URL: server.url };
  const { node, ...others } = starts;
  const usable = isNodeEnough ? { ...others, node } : others;

  const ofRunner = Object.entries(usable).flatMap(([name, start]) => [
    make("guide", `${name}-given`, `${start.label}, running server`, () =>
      runGuide(start, onGiven, environment),
    ),
    make("guide", `${name}-embedded`, `${start.label}, embedded server`, () =>
      runGuide(start, onEmbedded, {}),
    ),
  ]);
  const transpiled = once(() => transpileSteps(guide, place));
  const bundled = once(() => bundleSteps(guide, place));
  return [
    ...ofRunner,
    make("guide", "first", `${starts.tsx.label}, first run ever`, () =>
      runFirst(starts.tsx, onEmbedded, place),
    ),
    make("guide", "floor", "floor: the steps alone, transpiled", async () =>
      timed(await runFloor(guide, server, await transpiled())),
    ),
    make("guide", "floor-bundled", "floor: the steps alone, bundled", async () =>
      timed(await runFloor(guide, server, await bundled())),
    ),
    make("guide", "loop", "loop: npx tsx steps/…, 12 times", async () =>
      timed(await runLoop(guide, server)),
    ),
    make("guide", "save", "--watch: from a save of the last step to its verdict", async () =>
      saveToVerdict(place, server.url),
    ),
    ...(python
      ? [
          make("guide", "originals", "the Python originals", async () =>
            timed(await runOriginals(guide, server, python)),
          ),
        ]
      : []),
  ];
}

function growthCases({ server, place }: Setting): Case[] {
  return [4, 40, 200].map((count) => {
    const guide = once(() => makeLongGuide(place, count));
    const demand: Demand = { runs: count, verdict: "match", server: "given" };
    return make("growth", `growth-${count}`, `${count} steps`, () =>
      runOther(guide(), demand, { DATABASE_URL: server.url }, place),
    );
  });
}

function outputCases({ server, place }: Setting): Case[] {
  const loud = (megabytes: number, differs: boolean) => {
    const run = once(() => loudRun({ megabytes, differs, databaseUrl: server.url, place }));
    return differs
      ? make("output", `differs-${megabytes}`, `${megabytes} MB that differ everywhere`, () =>
          run()(),
        )
      : make("output", `output-${megabytes}`, `${megabytes} MB of output`, () => run()());
  };
  return [loud(1, false), loud(10, false), loud(100, false), loud(100, true)];
}

function crowdCases({ guide }: Setting): Case[] {
  const demand: Demand = { runs: guide.runs.length, verdict: "match", server: "embedded" };
  return [1, 5, 20].map((count) =>
    make("crowd", `crowd-${count}`, count === 1 ? "1 runner" : `${count} runners at once`, () =>
      runCrowd(count, demand),
    ),
  );
}

function make(group: Group, name: string, label: string, run: () => Promise<Measurement>): Case {
  return { group, name, label, run };
}

function timed(wall: number): Measurement {
  return { wall, memory: null, comparison: null };
}

/** Makes something when it is first needed, which is in the warm-up. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
