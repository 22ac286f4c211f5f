import { Failure } from "../common/failure.ts";
import { describeProgram } from "./describe.ts";

const shells = ["bash", "zsh", "fish", "powershell"];

/**
 * `complete SHELL`: prints what makes the shell complete our commands and options. That script calls
 * `complete -- WORD...` whenever Tab is pressed.
 * @param argv the whole command line
 */
export async function completeCommand(argv: readonly string[]): Promise<void> {
  const [, shell = ""] = argv;
  if (shell !== "--" && !shells.includes(shell)) {
    const names = shells.join(", ");
    throw new Failure(
      "usage",
      `Which shell? ${names}. For example: source <(run-guide complete bash)`,
    );
  }
  const program = describeProgram("", { isCi: false, isInteractive: false }, () => {});
  const { default: tab } = await import("@bomb.sh/tab/commander");
  tab(program);
  program.parse([...argv], { from: "user" });
}
