import { isAbsolute, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { digestOf } from "../common/kept-texts.ts";
import type { JudgedRun, Verdict } from "../verify/judge.ts";
import { problemOf, type Reporter } from "./events.ts";
import { clip, type Finding, findings } from "./findings.ts";
import { jsonText } from "./json.ts";

/** In characters: GitHub shows the beginning of a message. */
const MESSAGE_LIMIT = 4000;

/** What a rule is about. Runs with another verdict are no results. */
const rules: Partial<Record<Verdict, string>> = {
  drift: "All clients print something other than what is documented.",
  divergence: "The clients print different things.",
  error: "A command failed.",
  missing: "A run has no golden file.",
};

/**
 * SARIF 2.1.0, for code scanning: each output that is not as documented is a result, at its page and line.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarifReporter(write: (text: string) => void): Reporter {
  const { run, text } = collectResults();
  return {
    start() {},
    run,
    end: (event) => write(text([problemOf(event) ?? []].flat())),
  };
}

/**
 * Collects the results of one guide or more.
 * @param workspace the directory of the repository: files are named from there
 */
export function collectResults(workspace = process.env.GITHUB_WORKSPACE ?? process.cwd()) {
  const results: object[] = [];
  /** How often a fingerprint came: each result needs one of its own. */
  const times = new Map<string, number>();

  function resultOf({ run, verdict, golden }: JudgedRun, finding: Finding) {
    const artifactLocation = locate(finding.file, workspace);
    const region = { startLine: finding.line };
    // Without the line: a result stays the same where it is moved.
    const subject = JSON.stringify([
      artifactLocation.uri,
      verdict,
      run.step.code,
      golden.bytes.toString("utf8"),
    ]);
    const count = times.get(subject) ?? 0;
    times.set(subject, count + 1);
    const text = clip([finding.message, finding.details].filter(Boolean).join("\n"), MESSAGE_LIMIT);
    return {
      ruleId: verdict,
      level: "error",
      message: { text },
      locations: [{ physicalLocation: { artifactLocation, region } }],
      partialFingerprints: { "documentedOutput/v1": digestOf(`${count} ${subject}`) },
    };
  }

  return {
    run(judged: JudgedRun) {
      if (!rules[judged.verdict]) return;
      results.push(...findings(judged).map((finding) => resultOf(judged, finding)));
    },
    /** @param failures why guides could not be run */
    text(failures: readonly string[]): string {
      const notes = failures.map((text) => ({ level: "error", message: { text } }));
      const isWhole = failures.length === 0;
      const invocations = [{ executionSuccessful: isWhole, toolExecutionNotifications: notes }];
      const kinds = Object.entries(rules).map(([id, text]) => ({ id, shortDescription: { text } }));
      const tool = { driver: { name: "run-guide", rules: kinds } };
      return jsonText({
        $schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [{ tool, invocations, results }],
      });
    },
  };
}

function locate(file: string, workspace: string) {
  const path = relative(workspace, file).replaceAll("\\", "/");
  if (path.startsWith("../") || isAbsolute(path)) return { uri: pathToFileURL(file).href };
  return { uri: path.split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}
