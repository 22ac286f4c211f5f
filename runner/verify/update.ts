import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Failure, messageOf } from "../common/failure.ts";
import { replaceFile } from "../common/files.ts";
import { readGolden, refuseChanged } from "./golden.ts";
import { type JudgedRun, judgeRun } from "./judged-run.ts";
import { newContent } from "./new-content.ts";

/** Can the golden file be written? Only where all clients succeeded and agree. */
export function isUpdatable({ verdict }: JudgedRun): boolean {
  return verdict === "drift" || verdict === "missing";
}

/**
 * Writes what the clients printed into the golden file. Markers in it stay where they still match.
 * @param directory the guide's
 * @returns the run, judged again by the file as it is now
 * @throws Failure of kind "layout" where the file cannot be written, or changed since it was judged
 */
export async function updateGoldenFile(judged: JudgedRun, directory: string): Promise<JudgedRun> {
  const [first] = judged.clients;
  if (!isUpdatable(judged) || first?.outcome.kind !== "finished") return judged;

  const { file } = judged.golden;
  refuseChanged([judged.golden]);
  try {
    mkdirSync(dirname(file), { recursive: true });
    replaceFile(file, await newContent(judged.golden, first.outcome.stdoutFile));
  } catch (error) {
    throw new Failure("layout", `${file} cannot be written. ${messageOf(error)}`);
  }
  const outcomes = judged.clients.map(({ client, outcome }) => [client, outcome] as const);
  const now = await judgeRun(judged.run, readGolden(directory, judged.run), outcomes);
  return { ...now, isUpdated: true };
}
