import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Tells the keeper, a process of its own, what to end should this process be killed. */
export interface Keeper {
  /** A process group has begun. */
  began(pid: number): void;
  ended(pid: number): void;
  /** All is cleaned up: the keeper may go. */
  dismiss(): void;
}

/** Starts the keeper of a run's directory. See `keeper.mjs`. */
export function startKeeper(directory: string): Keeper {
  const program = fileURLToPath(new URL("./keeper.mjs", import.meta.url));
  const child = spawn(process.execPath, [program, directory], {
    detached: true, // out of the reach of Ctrl-C
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
    cwd: "/",
  });
  child.unref();
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const tell = (line: string) => child.stdin.write(`${line}\n`);

  return {
    began: (pid) => tell(`+${pid}`),
    ended: (pid) => tell(`-${pid}`),
    dismiss: () => {
      tell("done");
      child.stdin.end();
    },
  };
}
