import { parseArgs } from "node:util";
import { Failure, messageOf } from "../runner/failure.ts";

/** What the command line asks for. */
export interface Options {
  readonly json: boolean;
  readonly quick: boolean;
  readonly write: boolean;
  readonly help: boolean;
  /** Names of cases or of groups; empty for all. */
  readonly only: readonly string[];
}

export const usage = `Usage: npx tsx bench/bench.ts [options]

  --only CASE   measure this case or group only (repeatable)
  --quick       three runs of each case, which is too few to rely on
  --json        print JSON, with every single measurement
  --write       put the table and the chart into docs/
  --help        show this help
`;

/** @throws Failure of kind "usage" */
export function parseOptions(choices: readonly string[]): Options {
  const flag = { type: "boolean", default: false } as const;
  try {
    const { values } = parseArgs({
      args: [...choices],
      options: {
        json: flag,
        quick: flag,
        write: flag,
        help: flag,
        only: { type: "string", multiple: true, default: [] },
      },
    });
    if (values.write && values.only.length > 0 && !values.only.includes("guide")) {
      throw new Error("--write needs the guide's cases, which the chart shows: add --only guide.");
    }
    return values;
  } catch (error) {
    throw new Failure("usage", `${messageOf(error)}\n\n${usage}`);
  }
}
