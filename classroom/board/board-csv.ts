import { existsSync } from "node:fs";
import { extname } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { digestOf } from "../../runner/common/kept-texts.ts";
import { readRegularFile } from "../../runner/common/read-files.ts";
import { writeWhole } from "../../runner/common/write-files.ts";
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
 * Open the file of a class's table. Only what the board itself wrote there last is ever replaced: a teacher may
 * add a column to it during the class.
 * @param written the digest of what the board wrote last, before it was started again
 * @param note is told where the table goes once the file is not the board's any more
 * @throws Failure of kind "usage" for a file that is not as the board wrote it
 */
export function openTableFile(
  wanted: string,
  written: string | undefined,
  note: (message: string) => void,
) {
  let file = wanted;
  let last = written;
  const isOurs = () => {
    const bytes = readRegularFile(file) ?? "";
    return bytes.length === 0 || digestOf(bytes) === last;
  };
  if (!isOurs()) {
    const advice = "Move it away, or name another file.";
    throw new Failure(
      "usage",
      `${file} is not as this board wrote it, and is not replaced. ${advice}`,
    );
  }
  return {
    /** Of what was written last. */
    digest: () => last,
    /** @throws Failure, or an error of the system, if the table cannot be written */
    write(text: string): void {
      if (!isOurs()) {
        const changed = file;
        file = freeName(wanted);
        note(`${changed} was changed, and stays as it is. The table goes on in ${file}.`);
      }
      writeWhole(file, text);
      last = digestOf(text);
    },
  };
}

/** class.csv, class-2.csv, … */
function freeName(file: string): string {
  const ending = extname(file);
  for (let number = 2; ; number++) {
    const name = `${file.slice(0, file.length - ending.length)}-${number}${ending}`;
    if (!existsSync(name)) return name;
  }
}
