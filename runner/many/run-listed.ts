import type { Context } from "../cli/program.ts";
import { type ManyOptions, prepareRun, refuseDisagreement, runGuide } from "../cli/run.ts";
import { exitCodes, Failure, messageOf } from "../common/failure.ts";
import { statIfThere } from "../common/read-files.ts";
import { hideSecrets } from "../common/secrets.ts";
import { SetupError } from "../connection/errors.ts";
import type { Guide } from "../guide/guide.ts";
import { loadGuide } from "../guide/load-guide.ts";
import { selectRuns } from "../guide/select.ts";
import { isDocumented, refuseUndocumented } from "../page/load-page.ts";
import { type Events, type Summary, summarize } from "../report/events.ts";
import type { Host } from "../run/session.ts";
import { isGood, type JudgedRun } from "../verify/judge.ts";
import { acceptAll } from "../verify/update.ts";
import type { KnownFailures } from "./baseline.ts";
import type { ListedGuide } from "./guide-list.ts";
import { addUp, type GuideReporter, type GuideResult, reasonOf, type State } from "./result.ts";

/** How the guides of a run are run. */
export interface RunListed {
  readonly options: ManyOptions;
  readonly context: Context;
  readonly host: Host;
  /** What failed before, and is not a failure now. */
  readonly known: KnownFailures;
}

/**
 * Runs one of several guides. If it fails, or cannot be run, that is its result.
 * @throws what is a bug, or an interruption
 */
export async function runListed(
  { name, path, isNamed }: ListedGuide,
  { options, context, host, known }: RunListed,
  reporter: GuideReporter,
): Promise<GuideResult> {
  const started = performance.now();
  const judged: JudgedRun[] = [];
  let clients: readonly string[] = [];
  let failure: Failure | undefined;
  let isEmpty = false;
  let ended: Summary | undefined;
  const listener = {
    start(event: Events["start"]) {
      clients = event.clients;
      reporter.start(event);
    },
    run(run: JudgedRun) {
      const one = known.excuse(name, run);
      judged.push(one);
      reporter.run(one);
    },
    end() {},
  };
  try {
    const guide = await loadListed(path, options);
    isEmpty = guide.page !== undefined && !isDocumented(guide);
    if (isEmpty && isNamed) refuseUndocumented(guide);
    if (!isEmpty) {
      const own = { ...context, note: (text: string) => context.note(`${name}: ${text}`) };
      const whole = await prepareRun(guide, options, own);
      refuseDisagreement(options.writes, guide, whole.clients);
      const { bail = false, effects, keepGoing, writes } = options;
      ended = await runGuide({
        ...whole,
        host,
        bail,
        effects,
        reporter: listener,
        keepGoing: keepGoing || (known.isUsed && !bail), // what is known must not hide the rest
        selection: selectRuns(guide, undefined),
        accept: writes && acceptAll,
      });
    }
  } catch (error) {
    failure = failureOf(error);
    if (context.signal.aborted || !failure) throw error;
  }
  const message = failure ? hideSecrets(failure.message) : null;
  const isStopped = message !== null && !known.excuseFailure(name, message);
  const duration = Math.round(performance.now() - started);
  const summary = {
    ...summarize(judged, clients, duration, !failure && known.of(name) === 0),
    ...(ended?.effects && { effects: ended.effects }),
  };
  const reasons = addUp(judged.flatMap(reasonOf).map((reason) => [reason, 1]));
  const state = isStopped ? "stopped" : stateOf(judged, known.of(name));
  const result: GuideResult = {
    name,
    state,
    summary,
    reasons,
    known: known.of(name),
    failure: message,
    exitCode: exitCodeFor(state, isNamed, failure),
  };
  reporter.end(result);
  return result;
}

/** Reads a guide. What is only for pages does not refuse the guides among them. */
export function loadListed(path: string, options: ManyOptions): Promise<Guide> {
  const isPage = statIfThere(path)?.isFile();
  return loadGuide(path, isPage ? options : {});
}

/** The result of a guide that is not run, after --bail. */
export function skipListed({ name }: ListedGuide, reporter: GuideReporter): GuideResult {
  const result: GuideResult = {
    name,
    state: "skipped",
    summary: summarize([], [], 0, false),
    reasons: {},
    known: 0,
    failure: null,
    exitCode: 0,
  };
  reporter.end(result);
  return result;
}

function failureOf(error: unknown): Failure | undefined {
  if (error instanceof SetupError) return new Failure("database", messageOf(error));
  return error instanceof Failure ? error : undefined;
}

function stateOf(judged: readonly JudgedRun[], known: number): State {
  if (judged.some(({ verdict }) => !isGood(verdict))) return "failed";
  if (known > 0) return "known";
  return judged.some(({ verdict }) => verdict === "match") ? "verified" : "nothing";
}

/** Nothing to verify is neutral among many, but not for a page that was named. */
function exitCodeFor(state: State, isNamed: boolean, failure: Failure | undefined): number {
  if (state === "stopped") return failure ? exitCodes[failure.kind] : 1;
  return state === "failed" || (state === "nothing" && isNamed) ? 1 : 0;
}
