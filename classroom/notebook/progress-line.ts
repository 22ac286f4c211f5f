import { color } from "../../runner/common/color.ts";
import { clip, type Screen } from "../../runner/common/screen.ts";
import type { Outcome } from "../../runner/guide/outcome.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** A line that shows what each client is doing. */
export interface ProgressLine {
  done(client: string, outcome: Outcome): void;
  /** Leaves the line as it is now. */
  close(): void;
}

/** Shows a line that changes. On a plain screen, shows one line at the start and one at the end. */
export function openProgressLine(clients: readonly string[], screen: Screen): ProgressLine {
  const { write, isPlain } = screen;
  const outcomes = new Map<string, Outcome>();
  let frame = 0;
  const cells = () =>
    clients.map((client) => cell(client, outcomes.get(client), frame)).join("   ");
  const draw = () => {
    frame++;
    const line = `${cells()}   ${color.dim("x stops")}`;
    write(`\r${clip(line, screen.size().width - 1)}\x1b[K`);
  };
  const timer = isPlain ? undefined : setInterval(draw, 80);
  if (isPlain) write("Running; x stops it.\n");
  else draw();

  return {
    done(client, outcome) {
      outcomes.set(client, outcome);
      if (!isPlain) draw();
    },
    close() {
      clearInterval(timer);
      write(isPlain ? `${cells()}\n` : `\r${cells()}\x1b[K\n`);
    },
  };
}

function cell(client: string, outcome: Outcome | undefined, frame: number): string {
  const name = color.bold(client);
  if (!outcome) return `${name} ${color.cyan(frames[frame % frames.length] ?? "")} running`;
  if (outcome.kind === "finished") return `${name} ${outcome.duration} ms`;
  if (outcome.kind === "failed") return `${name} ${color.red("✗")} ${outcome.reason}`;
  return `${name} ${color.dim("- skipped")}`;
}
