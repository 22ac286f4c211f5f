import { closeSync, openSync, writeFileSync } from "node:fs";
import { Failure, messageOf } from "../common/failure.ts";

/** A file for a report. A failure to write stops no run: it is told at the end. */
export interface ReportFile {
  readonly write: (text: string) => void;
  /** @returns why the file does not hold the whole report, if that is so */
  close(): Failure | undefined;
}

/** @throws Failure of kind "usage" for a file that cannot be opened */
export function openReportFile(file: string, flags: "w" | "a"): ReportFile {
  let failure: Failure | undefined;
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      failure ??= new Failure("report", `${file} cannot be written. ${messageOf(error)}`);
    }
  };
  const descriptor = open(file, flags);
  return {
    write(text) {
      // With a descriptor, this writes on until all is written; writeSync may write a part.
      attempt(() => writeFileSync(descriptor, Buffer.from(text)));
    },
    close() {
      attempt(() => closeSync(descriptor));
      return failure;
    },
  };
}

function open(file: string, flags: string): number {
  try {
    return openSync(file, flags);
  } catch (error) {
    throw new Failure("usage", `The report cannot be written. ${messageOf(error)}`);
  }
}
