import pc from "picocolors";
import type { Outcome } from "../execute/outcome.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** A line that shows what each driver is doing, until all are done. */
export interface LiveLine {
  done(driver: string, outcome: Outcome): void;
  /** Leaves the line as it is now. */
  close(): void;
}

/** @param isDynamic false: nothing is shown before the end, and the cursor never moves */
export function openLiveLine(
  drivers: readonly string[],
  write: (text: string) => void,
  isDynamic: boolean,
): LiveLine {
  const outcomes = new Map<string, Outcome>();
  let frame = 0;
  const line = () => drivers.map((driver) => cell(driver, outcomes.get(driver), frame)).join("   ");
  const draw = () => {
    frame++;
    write(`\r${line()}\x1b[K`);
  };
  const timer = isDynamic ? setInterval(draw, 80) : undefined;
  if (isDynamic) draw();

  return {
    done(driver, outcome) {
      outcomes.set(driver, outcome);
      if (isDynamic) draw();
    },
    close() {
      clearInterval(timer);
      write(isDynamic ? `\r${line()}\x1b[K\n` : `${line()}\n`);
    },
  };
}

function cell(driver: string, outcome: Outcome | undefined, frame: number): string {
  const name = pc.bold(driver);
  if (!outcome) return `${name} ${pc.cyan(frames[frame % frames.length] ?? "")} running`;
  if (outcome.kind === "finished") return `${name} ${outcome.duration} ms`;
  if (outcome.kind === "failed") return `${name} ${pc.red("✗")} ${outcome.reason}`;
  return `${name} ${pc.dim("- skipped")}`;
}
