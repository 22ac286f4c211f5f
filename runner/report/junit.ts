import { statSync } from "node:fs";
import { readShown } from "../common/read-shown.ts";
import { escapeMarkup, printable } from "../common/visible.ts";
import { describeUnavailable } from "../guide/clients.ts";
import type { ClientRun, JudgedRun } from "../verify/judge.ts";
import { type ClientResult, resultOf } from "./details.ts";
import { type Events, problemOf, type Reporter } from "./events.ts";

/** Of a longer stdout, the report holds the beginning. */
const STDOUT_LIMIT = 64 * 1024;

/** One JUnit XML document at the end of the run: a suite for each client, a case for each run. */
export function junitReporter(write: (text: string) => void): Reporter {
  let title = "";
  const { start, run, suites } = collectSuites();
  return {
    start(event) {
      title = event.guide.title;
      start(event);
    },
    run,
    end(event) {
      const { summary } = event;
      const problem = summary.runs === 0 ? event.failure : problemOf(event);
      write(junitText(title, suites(problem, summary.withoutDriver), summary.duration));
    },
  };
}

/**
 * Collects the suites of a guide.
 * @param prefix of their names
 */
export function collectSuites(prefix = "") {
  let head: Events["start"] | undefined;
  const cases = new Map<string, Case[]>();
  return {
    start(event: Events["start"]) {
      head = event;
      for (const client of event.clients) cases.set(client, []);
    },
    run(judged: JudgedRun) {
      for (const one of judged.clients) cases.get(one.client)?.push(caseOf(judged, one, prefix));
    },
    /** @param withoutDriver the steps that have sent nothing with their driver */
    suites(failure?: string, withoutDriver: readonly string[] = []): readonly Suite[] {
      const { server = "", unavailable = [] } = head ?? {};
      const of = (name: string, value: string) => element("property", { name, value });
      const noted = withoutDriver.length > 0 && of("withoutDriver", withoutDriver.join(", "));
      const properties = element("properties", {}, of("server", server), noted || "");
      const suites = Array.from(cases, ([client, own]) => {
        const name = `${prefix}${client}`;
        // Without a run, nothing is verified, but an empty suite would pass.
        if (own.length > 0) return suite(name, own, properties);
        return loneSuite(name, "error", "No run was reported.", "error", properties);
      });
      for (const one of unavailable) {
        const why = `${describeUnavailable(one)}.`;
        suites.push(loneSuite(`${prefix}${one.client}`, "skipped", why, "unavailable"));
      }
      if (failure === undefined) return suites;
      return [...suites, loneSuite(`${prefix}guide`, "error", failure, "failure")];
    },
  };
}

/** @param duration in milliseconds */
export function junitText(name: string, suites: readonly Suite[], duration: number): string {
  const count = (kind: "tests" | "failures" | "errors") =>
    suites.reduce((sum, { counts }) => sum + counts[kind], 0);
  const counts = { tests: count("tests"), failures: count("failures"), errors: count("errors") };
  const totals = { name, ...counts, time: seconds(duration) };
  const document = element("testsuites", totals, ...suites.map(({ xml }) => xml));
  return `<?xml version="1.0" encoding="UTF-8"?>${document}\n`;
}

export type Suite = ReturnType<typeof suite>;

interface Case {
  readonly kind: ClientResult["kind"];
  /** Milliseconds. */
  readonly duration: number;
  readonly xml: string;
}

function suite(client: string, cases: readonly Case[], properties = "") {
  const count = (kind: Case["kind"]) => cases.filter((one) => one.kind === kind).length;
  const counts = {
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
  };
  const time = seconds(cases.reduce((sum, { duration }) => sum + duration, 0));
  const children = [properties, ...cases.map(({ xml }) => xml)];
  return { counts, xml: element("testsuite", { name: client, ...counts, time }, ...children) };
}

/** A suite with one case, which is not about one run. */
export function loneSuite(
  name: string,
  kind: "error" | "skipped",
  message: string,
  type: string,
  properties?: string,
): Suite {
  const attributes = { name: "guide", classname: name, time: seconds(0) };
  const xml = element("testcase", attributes, element(kind, { message, type }));
  return suite(name, [{ kind, duration: 0, xml }], properties);
}

function caseOf(judged: JudgedRun, clientRun: ClientRun, prefix: string): Case {
  const { client, outcome } = clientRun;
  const result = resultOf(judged, clientRun);
  const children: string[] = [];
  if (result.kind !== "passed") {
    const { kind, what, details } = result;
    const message = `${client} ${what}.`;
    children.push(element(kind, { message, type: judged.verdict }, text(details)));
  }
  if (outcome.kind !== "skipped") {
    children.push(element("system-out", {}, text(startOf(outcome.stdoutFile))));
    if (outcome.stderr) children.push(element("system-err", {}, text(outcome.stderr)));
  }
  const duration = outcome.kind === "skipped" ? 0 : outcome.duration;
  const classname = `${prefix}${client}`;
  const attributes = { name: judged.run.name, classname, time: seconds(duration) };
  return { kind: result.kind, duration, xml: element("testcase", attributes, ...children) };
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

function text(content: string): string {
  return escapeMarkup(printable(content));
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function startOf(file: string): string {
  const { size } = statSync(file);
  const start = readShown(file, STDOUT_LIMIT);
  const cut = `\n(The output is cut here. It has ${size} bytes.)\n`;
  return size > STDOUT_LIMIT ? `${start}${cut}` : start;
}
