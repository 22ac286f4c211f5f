import { Failure } from "../../runner/common/failure.ts";
import { readRegularFile } from "../../runner/common/read-files.ts";
import { type Learner, presenceOf } from "./learners.ts";

/** Without this mark, some spreadsheets take letters such as é for others. */
const utf8Mark = "\uFEFF";

const head = "number,name,presence,needs help,exercise,verdict,attempts,hints";

/**
 * Write the progress of a class as a table, a line for each learner and exercise.
 * @param now milliseconds since 1970
 */
export function boardCsv(learners: readonly Learner[], now: number): string {
  const lines = learners.flatMap((learner) => {
    const { number, name, progress, help } = learner;
    const who = [number, name, presenceOf(learner, now), help === undefined ? "" : "yes"];
    const each = Object.entries(progress).map(([exercise, { verdict, attempts, hints }]) => [
      ...who,
      ...[exercise, verdict, attempts, hints],
    ]);
    return each.length > 0 ? each : [[...who, "", "", "", ""]];
  });
  return `${utf8Mark}${[head, ...lines.map((line) => line.map(cell).join(","))].join("\r\n")}\r\n`;
}

/** A spreadsheet would take a name that begins with one of these signs for a formula. */
function cell(value: string | number): string {
  const text = String(value).replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Make sure that no other file is replaced: a table in which the teacher added a column is not the board's any more.
 * @throws Failure of kind "usage"
 */
export function refuseOther(file: string): void {
  const text = String(readRegularFile(file) ?? "");
  const [first] = text.replace(utf8Mark, "").split(/\r?\n/);
  if (text === "" || first === head) return;
  throw new Failure("usage", `${file} is not a board's table, and is not replaced. Name another.`);
}
