import { statSync } from "node:fs";
import { readStart } from "../common/files.ts";
import { printable } from "../common/visible.ts";
import { describeUnavailable, type Unavailable } from "../guide/clients.ts";
import type { ClientRun, JudgedRun } from "../verify/judge.ts";
import { type ClientResult, resultOf } from "./details.ts";
import type { Events, Reporter } from "./events.ts";

/** Of a longer stdout, the report holds the beginning. */
const STDOUT_LIMIT = 64 * 1024;

/** One JUnit XML document at the end of the run: a suite for each client, a case for each run. */
export function junitReporter(write: (text: string) => void): Reporter {
  let head: Events["start"] | undefined;
  return {
    start(event) {
      head = event;
    },
    run() {},
    end({ runs, summary }) {
      const { guide, server = "", clients = [], unavailable = [] } = head ?? {};
      const suites = [
        ...clients.map((client) => suite(client, server, runs)),
        ...unavailable.map(skippedSuite),
      ];
      const count = (name: keyof Counts) =>
        suites.reduce((sum, { counts }) => sum + counts[name], 0);
      const totals = {
        name: guide?.title ?? "",
        tests: count("tests"),
        failures: count("failures"),
        errors: count("errors"),
        time: seconds(summary.duration),
      };
      const document = element("testsuites", totals, ...suites.map(({ xml }) => xml));
      write(`<?xml version="1.0" encoding="UTF-8"?>${document}\n`);
    },
  };
}

interface Counts {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
}

function suite(client: string, server: string, runs: readonly JudgedRun[]) {
  const counts: Counts = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  const counter = { failure: "failures", error: "errors", skipped: "skipped" } as const;
  const cases: string[] = [];
  let duration = 0;

  for (const judged of runs) {
    for (const clientRun of judged.clients) {
      if (clientRun.client !== client) continue;
      const result = resultOf(judged, clientRun);
      if (result.kind !== "passed") counts[counter[result.kind]]++;
      if (clientRun.outcome.kind !== "skipped") duration += clientRun.outcome.duration;
      cases.push(testcase(judged, clientRun, result));
    }
  }
  if (cases.length === 0) {
    // Zero runs verify nothing, and an empty suite would pass for a good one.
    counts.errors++;
    const error = element("error", { message: "No run was reported.", type: "error" });
    cases.push(element("testcase", { name: "guide", classname: client, time: seconds(0) }, error));
  }
  counts.tests = cases.length;
  const attributes = { name: client, ...counts, time: seconds(duration) };
  const property = element("property", { name: "server", value: server });
  const xml = element("testsuite", attributes, element("properties", {}, property), ...cases);
  return { counts, xml };
}

/** A client that cannot run here: one case, which says why. */
function skippedSuite(unavailable: Unavailable) {
  const counts: Counts = { tests: 1, failures: 0, errors: 0, skipped: 1 };
  const { client } = unavailable;
  const message = `${describeUnavailable(unavailable)}.`;
  const skipped = element("skipped", { message, type: "unavailable" });
  const attributes = { name: "guide", classname: client, time: seconds(0) };
  const only = element("testcase", attributes, skipped);
  return { counts, xml: element("testsuite", { name: client, ...counts, time: seconds(0) }, only) };
}

function testcase(
  { run, verdict }: JudgedRun,
  { client, outcome }: ClientRun,
  result: ClientResult,
): string {
  const children: string[] = [];
  if (result.kind !== "passed") {
    const { kind, what, details } = result;
    const message = `${client} ${what}.`;
    children.push(element(kind, { message, type: verdict }, text(details)));
  }
  if (outcome.kind !== "skipped") {
    children.push(element("system-out", {}, text(startOf(outcome.stdoutFile))));
    if (outcome.stderr) children.push(element("system-err", {}, text(outcome.stderr)));
  }
  const duration = outcome.kind === "skipped" ? 0 : outcome.duration;
  const attributes = { name: run.name, classname: client, time: seconds(duration) };
  return element("testcase", attributes, ...children);
}

/** @param children are XML already */
function element(name: string, attributes: object, ...children: string[]): string {
  const pairs = Object.entries(attributes).map(([key, value]) => {
    return ` ${key}="${text(String(value)).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`;
  });
  const open = `${name}${pairs.join("")}`;
  const content = children.join("");
  return content ? `\n<${open}>${content}</${name}>` : `\n<${open}/>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function text(content: string): string {
  return printable(content).replace(/[&<>"]/g, (character) => entities[character] ?? "");
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function startOf(file: string): string {
  const { size } = statSync(file);
  const start = readStart(file, STDOUT_LIMIT);
  const cut = `\n(The output is cut here. It has ${size} bytes.)\n`;
  return size > STDOUT_LIMIT ? `${start}${cut}` : start;
}
