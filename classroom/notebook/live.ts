import type { Outcome } from "../../runner/guide/outcome.ts";
import { color } from "../../runner/text/color.ts";
import { clip } from "./pager.ts";
import type { Screen } from "./screen.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** A line that shows what each driver is doing, until all are done. */
export interface LiveLine {
  done(driver: string, outcome: Outcome): void;
  /** Leaves the line as it is now. */
  close(): void;
}

/** On a plain screen, nothing changes: one line says that it began, and one how it ended. */
export function openLiveLine(drivers: readonly string[], screen: Screen): LiveLine {
  const { write, isPlain } = screen;
  const outcomes = new Map<string, Outcome>();
  let frame = 0;
  const cells = () =>
    drivers.map((driver) => cell(driver, outcomes.get(driver), frame)).join("   ");
  const draw = () => {
    frame++;
    const line = `${cells()}   ${color.dim("x stops")}`;
    write(`\r${clip(line, screen.size().width - 1)}\x1b[K`);
  };
  const timer = isPlain ? undefined : setInterval(draw, 80);
  if (isPlain) write("Running; x stops it.\n");
  else draw();

  return {
    done(driver, outcome) {
      outcomes.set(driver, outcome);
      if (!isPlain) draw();
    },
    close() {
      clearInterval(timer);
      write(isPlain ? `${cells()}\n` : `\r${cells()}\x1b[K\n`);
    },
  };
}

function cell(driver: string, outcome: Outcome | undefined, frame: number): string {
  const name = color.bold(driver);
  if (!outcome) return `${name} ${color.cyan(frames[frame % frames.length] ?? "")} running`;
  if (outcome.kind === "finished") return `${name} ${outcome.duration} ms`;
  if (outcome.kind === "failed") return `${name} ${color.red("✗")} ${outcome.reason}`;
  return `${name} ${color.dim("- skipped")}`;
}
