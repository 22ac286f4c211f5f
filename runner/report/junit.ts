import { statSync } from "node:fs";
import { describeUnavailable, type Unavailable } from "../run/client.ts";
import { readStart } from "../text/files.ts";
import { printable } from "../text/visible.ts";
import type { DriverRun, JudgedRun } from "../verify/judged-run.ts";
import { type Case, caseOf } from "./case.ts";
import type { Events, Reporter } from "./events.ts";

/** Of a longer stdout, the report holds the beginning. */
const STDOUT_LIMIT = 64 * 1024;

/** One JUnit XML document at the end of the run: a suite for each driver, a case for each run. */
export function junitReporter(write: (text: string) => void): Reporter {
  let head: Events["start"] | undefined;
  return {
    start(event) {
      head = event;
    },
    run() {},
    end({ runs, summary }) {
      const { guide, server = "", drivers = [], unavailable = [] } = head ?? {};
      const suites = [
        ...drivers.map((driver) => suite(driver, server, runs)),
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

function suite(driver: string, server: string, runs: readonly JudgedRun[]) {
  const counts: Counts = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  const counter = { failure: "failures", error: "errors", skipped: "skipped" } as const;
  const cases: string[] = [];
  let duration = 0;

  for (const judged of runs) {
    for (const driverRun of judged.drivers) {
      if (driverRun.driver !== driver) continue;
      const result = caseOf(judged, driverRun);
      if (result.kind !== "passed") counts[counter[result.kind]]++;
      if (driverRun.outcome.kind !== "skipped") duration += driverRun.outcome.duration;
      cases.push(testcase(judged, driverRun, result));
    }
  }
  if (cases.length === 0) {
    // Zero runs verify nothing, and an empty suite would pass for a good one.
    counts.errors++;
    const error = element("error", { message: "No run was reported.", type: "error" });
    cases.push(element("testcase", { name: "guide", classname: driver, time: seconds(0) }, error));
  }
  counts.tests = cases.length;
  const attributes = { name: driver, ...counts, time: seconds(duration) };
  const property = element("property", { name: "server", value: server });
  const xml = element("testsuite", attributes, element("properties", {}, property), ...cases);
  return { counts, xml };
}

/** A client that cannot run here: one case, which says why. */
function skippedSuite(client: Unavailable) {
  const counts: Counts = { tests: 1, failures: 0, errors: 0, skipped: 1 };
  const { driver } = client;
  const message = `${describeUnavailable(client)}.`;
  const skipped = element("skipped", { message, type: "unavailable" });
  const attributes = { name: "guide", classname: driver, time: seconds(0) };
  const only = element("testcase", attributes, skipped);
  return { counts, xml: element("testsuite", { name: driver, ...counts, time: seconds(0) }, only) };
}

function testcase(
  { run, verdict }: JudgedRun,
  { driver, outcome }: DriverRun,
  result: Case,
): string {
  const children: string[] = [];
  if (result.kind !== "passed") {
    const { kind, what, details } = result;
    const message = `${driver} ${what}.`;
    children.push(element(kind, { message, type: verdict }, text(details)));
  }
  if (outcome.kind !== "skipped") {
    children.push(element("system-out", {}, text(startOf(outcome.stdoutFile))));
    if (outcome.stderr) children.push(element("system-err", {}, text(outcome.stderr)));
  }
  const duration = outcome.kind === "skipped" ? 0 : outcome.duration;
  const attributes = { name: run.name, classname: driver, time: seconds(duration) };
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
