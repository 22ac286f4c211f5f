import { Failure } from "../common/failure.ts";
import type { ReporterOptions } from "../report/reporter-names.ts";
import { type Mode, nameOf, type Writing } from "./command-line.ts";

/** The flags of a run, as they were given. Those that contradict each other were refused before. */
export interface RunFlags {
  readonly step?: string;
  readonly yes?: boolean;
  readonly list?: boolean;
  readonly watch?: boolean;
  readonly update?: boolean;
  /** `new golden` */
  readonly missing?: boolean;
  readonly review?: boolean;
  readonly accept: readonly string[];
  readonly keep?: boolean;
  readonly bail?: boolean;
  readonly inPlace?: boolean;
  readonly reporter: readonly ReporterOptions[];
}

/** Where the command runs. */
export interface Surroundings {
  /** Continuous integration: golden files are only checked. */
  readonly isCi: boolean;
  /** A person sits at a terminal, and can be asked. */
  readonly isInteractive: boolean;
}

/**
 * Decides how a guide is run. At a terminal, without a flag that only a run from beginning to end
 * understands, it is a notebook.
 * @throws Failure of kind "usage" for a mode that these surroundings do not allow
 */
export function modeOf(flags: RunFlags, { isCi, isInteractive }: Surroundings): Mode {
  const { step, keep = false, bail = false, inPlace = false, reporter: reporters } = flags;
  if (flags.list) return { kind: "list", step };
  if (flags.watch) return { kind: "watch" };

  const writing = writingOf(flags);
  if (writing.kind !== "none" && isCi) {
    throw new Failure(
      "usage",
      `${nameOf(writing)} writes golden files, and CI is set: CI only checks them.`,
    );
  }
  if (writing.kind === "review" && !isInteractive) {
    throw new Failure(
      "usage",
      "--review asks at a terminal. Without one: --accept FILE, or --update.",
    );
  }
  const isPlain = !step && writing.kind === "none" && reporters.length === 0;
  const isWhole = isPlain && !keep && !bail && !inPlace;
  if (isInteractive && isWhole && !flags.yes) return { kind: "notebook" };
  return { kind: "once", step, writing, keep, bail, inPlace, reporters };
}

function writingOf({ missing, update, review, accept }: RunFlags): Writing {
  if (missing) return { kind: "missing" };
  if (update) return { kind: "update" };
  if (review) return { kind: "review" };
  return accept.length > 0 ? { kind: "accept", files: accept } : { kind: "none" };
}
