import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { root } from "../faults/support/command.ts";

/** A program in a real pseudo-terminal, made by tmux. */
export interface Terminal {
  /** What is on the screen, with what has scrolled off it. */
  screen(): string;
  press(...keys: string[]): void;
  resize(width: number, height: number): void;
  /** Waits until the screen shows it; fails where it never does. */
  shows(text: string | RegExp): Promise<string>;
}

let count = 0;

/** @param environment NAME=value */
export function openTerminal(
  choices: readonly string[],
  size: { width: number; height: number },
  environment: readonly string[] = [],
  directory = root,
): Terminal {
  const name = `guide-${process.pid}-${count++}`;
  const tmux = (...words: string[]) => {
    const { stdout, stderr, error } = spawnSync("tmux", ["-L", name, ...words], {
      encoding: "utf8",
    });
    if (error)
      throw new Error(
        `tmux is missing: apt-get install tmux, or brew install tmux. ${error.message}`,
      );
    if (stderr) throw new Error(stderr);
    return stdout;
  };
  const variables = ["CI=", "COLORTERM=", ...environment].map((pair) => `'${pair}'`).join(" ");
  const words = ["--import", "tsx", "run-guide.ts", ...choices]
    .map((word) => `'${word}'`)
    .join(" ");
  const line = `cd '${directory}' && env ${variables} '${process.execPath}' ${words}; echo "exit $?"; cat`;
  const { width, height } = size;
  tmux("-f", "/dev/null", "new-session", "-d", "-x", String(width), "-y", String(height), line);
  tmux("set-option", "-g", "history-limit", "5000");
  onTestFinished(() => {
    spawnSync("tmux", ["-L", name, "kill-server"]);
  });

  const screen = () => tmux("capture-pane", "-p", "-S", "-4000");
  return {
    screen,
    press: (...keys) => tmux("send-keys", ...keys),
    resize: (columns, rows) => tmux("resize-window", "-x", String(columns), "-y", String(rows)),
    async shows(text) {
      for (let round = 0; round < 600; round++) {
        const now = screen();
        if (typeof text === "string" ? now.includes(text) : text.test(now)) return now;
        await sleep(50);
      }
      throw new Error(`The screen never showed ${text}:\n${screen()}`);
    },
  };
}
