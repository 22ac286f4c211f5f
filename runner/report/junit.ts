import { statSync } from "node:fs";
import { readShown } from "../common/secrets.ts";
import { escapeMarkup, printable } from "../common/visible.ts";
import { describeUnavailable } from "../guide/clients.ts";
import type { ClientRun, JudgedRun } from "../verify/judge.ts";
import { type ClientResult, resultOf } from "./details.ts";
import type { Events, Reporter } from "./events.ts";

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
    end: ({ summary, failure }) => write(junitText(title, suites(failure), summary.duration)),
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
    suites(failure?: string): readonly Suite[] {
      const { server = "", unavailable = [] } = head ?? {};
      const property = element("property", { name: "server", value: server });
      const properties = element("properties", {}, property);
      const named = (name: string) => `${prefix}${name}`;
      return [
        ...[...cases].map(([client, own]) =>
          suite(named(client), orError(named(client), own), properties),
        ),
        ...unavailable.map((one) => {
          const name = named(one.client);
          const why = `${describeUnavailable(one)}.`;
          return suite(name, [guideCase(name, "skipped", why, "unavailable")]);
        }),
        ...(failure === undefined
          ? []
          : [suite(named("guide"), [guideCase(named("guide"), "error", failure, "failure")])]),
      ];
    },
  };
}

/** A suite that only says why a guide has none. */
export function emptySuite(name: string, why: string): Suite {
  return suite(name, [guideCase(name, "skipped", why, "nothing")]);
}

/** @param duration in milliseconds */
export function junitText(name: string, suites: readonly Suite[], duration: number): string {
  const count = (kind: "tests" | "failures" | "errors") =>
    suites.reduce((sum, { counts }) => sum + counts[kind], 0);
  const totals = {
    name,
    tests: count("tests"),
    failures: count("failures"),
    errors: count("errors"),
    time: seconds(duration),
  };
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

/** Without a run, nothing is verified, but an empty suite would pass. */
function orError(client: string, cases: readonly Case[]): readonly Case[] {
  return cases.length > 0 ? cases : [guideCase(client, "error", "No run was reported.", "error")];
}

/** A case that is not about one run. */
function guideCase(client: string, kind: "error" | "skipped", message: string, type: string): Case {
  const attributes = { name: "guide", classname: client, time: seconds(0) };
  const xml = element("testcase", attributes, element(kind, { message, type }));
  return { kind, duration: 0, xml };
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
  const attributes = {
    name: judged.run.name,
    classname: `${prefix}${client}`,
    time: seconds(duration),
  };
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
