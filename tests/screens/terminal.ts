import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { root } from "../faults/support/command.ts";

/** A program in a real pseudo-terminal, made by tmux. */
export interface Terminal {
  /** What is on the screen, with what has scrolled off it. */
  screen(): string;
  /** What is on the screen, and nothing else: what a reader sees at this moment. */
  visible(): string;
  press(...keys: string[]): void;
  /**
   * Resizes it, and looks until the program has seen the new size: a key may reach it before.
   * @param isSeen draws something, and tells whether that fits
   */
  resize(width: number, height: number, isSeen: () => Promise<boolean>): Promise<void>;
  /** Waits until the screen shows it; fails where it never does. */
  shows(text: string | RegExp): Promise<string>;
  /** Waits until the last line that is visible is such a line; gives what is visible then. */
  endsWith(line: RegExp): Promise<string>;
  /** Presses a key, and waits until something has changed and the last line is such a line. */
  pressUntil(key: string, line: RegExp): Promise<string>;
}

export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

let count = 0;

/**
 * Runs the guide in a terminal of its own.
 * @param environment NAME=value
 * @param log a file for every byte that the terminal is sent
 */
export function openTerminal(
  choices: readonly string[],
  size: TerminalSize,
  environment: readonly string[] = [],
  directory = root,
  log?: string,
): Terminal {
  return open(size, `${guideCommand(choices, environment, directory)}; echo "exit $?"; cat`, log);
}

/** Runs the guide from an interactive shell, with job control: Ctrl-Z and fg. */
export async function openShell(choices: readonly string[], size: TerminalSize): Promise<Terminal> {
  const terminal = open(size, "env PS1='prompt> ' bash --noprofile --norc -i");
  await terminal.shows("prompt>");
  terminal.press(guideCommand(choices, [], root), "Enter");
  return terminal;
}

function guideCommand(
  choices: readonly string[],
  environment: readonly string[],
  directory: string,
): string {
  const variables = ["CI=", "COLORTERM=", "NO_COLOR=", ...environment]
    .map((pair) => `'${pair}'`)
    .join(" ");
  const words = ["--import", "tsx", "run-guide.ts", ...choices]
    .map((word) => `'${word}'`)
    .join(" ");
  return `cd '${directory}' && env ${variables} '${process.execPath}' ${words}`;
}

function open({ width, height }: TerminalSize, line: string, log?: string): Terminal {
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
  tmux("-f", "/dev/null", "new-session", "-d", "-x", String(width), "-y", String(height), line);
  tmux("set-option", "-g", "history-limit", "5000");
  if (log) tmux("pipe-pane", "-O", `cat > '${log}'`);
  onTestFinished(() => {
    spawnSync("tmux", ["-L", name, "kill-server"]);
  });

  const screen = () => tmux("capture-pane", "-p", "-S", "-4000");
  const visible = () => tmux("capture-pane", "-p");
  async function until(isThere: (text: string) => boolean, look: () => string, what: unknown) {
    for (let round = 0; round < 600; round++) {
      const now = look();
      if (isThere(now)) return now;
      await sleep(50);
    }
    throw new Error(`The screen never showed ${what}:\n${screen()}`);
  }
  return {
    screen,
    visible,
    press: (...keys) => tmux("send-keys", ...keys),
    async resize(columns, rows, isSeen) {
      tmux("resize-window", "-x", String(columns), "-y", String(rows));
      for (let look = 0; look < 20; look++) if (await isSeen()) return;
      throw new Error(`The program never saw ${columns} columns and ${rows} rows:\n${screen()}`);
    },
    shows: (text) =>
      until(
        (now) => (typeof text === "string" ? now.includes(text) : text.test(now)),
        screen,
        text,
      ),
    endsWith: (line) => until((now) => line.test(lastLine(now)), visible, line),
    async pressUntil(key, line) {
      const before = screen();
      tmux("send-keys", key);
      // Both are judged on one look: between two, the screen may have changed.
      await until((now) => line.test(lastLine(now)) && now !== before, screen, line);
      return visible();
    },
  };
}

export function lastLine(screen: string): string {
  return screen.trimEnd().split("\n").at(-1) ?? "";
}
