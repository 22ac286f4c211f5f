import { drivers } from "../../drivers/drivers.ts";
import { Failure } from "../common/failure.ts";
import { type Guide, goldenFile, type Run, type Step } from "./guide.ts";

/** The runs to execute, and those of them to report. */
export interface Selection {
  readonly execute: readonly Run[];
  readonly report: ReadonlySet<Run>;
}

/**
 * Choose the runs of one step and the re-runs that show its effect, with all that comes before.
 * @param wanted a step's name or number; undefined for the whole guide
 * @throws Failure of kind "usage" for an unknown step, and for one that has no golden file
 */
export function selectRuns(guide: Guide, wanted: string | undefined): Selection {
  if (wanted === undefined) {
    return { execute: guide.runs, report: new Set(guide.runs.filter((run) => !run.isSetup)) };
  }

  const step = findStep(guide, wanted);
  const isShown = (run: Run) => !run.isSetup && (run.step === step || run.after === step);
  const execute = guide.runs.slice(0, guide.runs.findLastIndex(isShown) + 1);
  if (execute.length === 0) {
    throw new Failure(
      "usage",
      `${step.name} has no golden file: it is a setup step. Name another step, or run the whole guide, without --step.`,
    );
  }
  return { execute, report: new Set(execute.filter(isShown)) };
}

/**
 * Choose drivers by name, in the order of the guide.
 * @param wanted empty for all of them
 * @throws Failure of kind "usage" for a driver that the guide does not have
 */
export function selectDrivers(guide: Guide, wanted: readonly string[]): readonly string[] {
  const unknown = wanted.find((name) => !guide.drivers.includes(name));
  if (unknown !== undefined) {
    const names = guide.drivers.join(", ");
    const isHidden = !guide.page && Object.hasOwn(drivers, unknown);
    const advice = isHidden
      ? ' If the steps use it, name it in "drivers" in steps/guide.json.'
      : "";
    throw new Failure("usage", `There is no driver "${unknown}". The clients: ${names}.${advice}`);
  }
  if (wanted.length === 0) return guide.drivers;
  return guide.drivers.filter((name) => wanted.includes(name));
}

/** List runs in their order, each with its step's number and title, and its golden file. */
export function listRuns(runs: ReadonlySet<Run>): string {
  const width = Math.max(...[...runs].map(({ name }) => name.length));
  const lines = [...runs].map((run) => {
    const { number, title } = run.step;
    const again = run.after ? `${title}, again` : title;
    return `${String(number).padStart(2)}  ${run.name.padEnd(width)}  ${goldenFile(run)}  ${again}`;
  });
  return `${lines.join("\n")}\n`;
}

function findStep(guide: Guide, wanted: string): Step {
  const step = guide.steps.find(({ name, number }) => name === wanted || String(number) === wanted);
  if (step) return step;
  const names = guide.steps.map(({ name, number }) => `${number} (${name})`).join(", ");
  throw new Failure("usage", `There is no step "${wanted}". The steps: ${names}.`);
}
