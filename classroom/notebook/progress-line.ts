import { color } from "../../runner/common/color.ts";
import { describeReason, type Outcome } from "../../runner/guide/outcome.ts";
import { cutToRow, type Screen } from "../common/screen.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export type ProgressLine = ReturnType<typeof openProgressLine>;

/**
 * Shows in a line what each client is doing, and how far it is. On a plain screen, shows one line at the start
 * and one at the end.
 * @param runs how many runs each client does
 */
export function openProgressLine(clients: readonly string[], screen: Screen, runs = 1) {
  const { write, isPlain } = screen;
  const outcomes = new Map(clients.map((client): [string, Outcome[]] => [client, []]));
  let frame = 0;
  const cells = () =>
    [...outcomes].map(([client, done]) => cell(client, done, runs, frame)).join("   ");
  const draw = () => {
    frame++;
    const line = `${cells()}   ${color.dim("x stops")}`;
    write(`\r${cutToRow(line, screen.size().width - 1)}\x1b[K`);
  };
  const timer = isPlain ? undefined : setInterval(draw, 80);
  if (isPlain) write("Running; x stops it.\n");
  else draw();

  return {
    done(client: string, outcome: Outcome) {
      outcomes.get(client)?.push(outcome);
      if (!isPlain) draw();
    },
    /** Leaves the line as it is now. */
    close() {
      clearInterval(timer);
      write(isPlain ? `${cells()}\n` : `\r${cells()}\x1b[K\n`);
    },
  };
}

function cell(client: string, done: readonly Outcome[], runs: number, frame: number): string {
  const name = color.bold(client);
  let took = 0;
  for (const outcome of done) {
    if (outcome.kind === "failed") return `${name} ${color.red("✗")} ${describeReason(outcome)}`;
    if (outcome.kind === "skipped") return `${name} ${color.dim("- skipped")}`;
    took += outcome.duration;
  }
  if (done.length === runs) return `${name} ${took} ms`;
  const now = runs > 1 ? `${done.length + 1} of ${runs}` : "running";
  return `${name} ${color.cyan(frames[frame % frames.length] ?? "")} ${now}`;
}
