import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, copyProject, quietEnvironment } from "./process.ts";
import { type Measurement, NotVerified } from "./series.ts";

/**
 * Measures `--watch` as an attendee of a workshop uses it: from saving the guide's last step to its
 * verdict. After the first save, the runner has a snapshot to begin from; the second one is measured.
 * @param start what starts the runner
 * @param directory where a copy of the project goes
 */
export async function saveToVerdict(
  { program, choices }: Command,
  directory: string,
  databaseUrl: string,
): Promise<Measurement> {
  const project = join(directory, `watch-${Date.now()}`);
  copyProject(project);

  const child = spawn(program, [...choices, "run-guide.ts", "--watch"], {
    cwd: project,
    env: { ...quietEnvironment(), DATABASE_URL: databaseUrl },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const verdict = async (text: string) => {
    for (let round = 0; round < 6000 && !printed.includes("Ctrl-C ends."); round++) await sleep(5);
    if (!printed.includes(text)) throw new NotVerified("--watch did not verify.", printed);
    printed = "";
  };

  try {
    await verdict("All 6 outputs are verified with 2 clients; 6 changed");
    const file = join(project, "steps", "04-delete.ts");
    const save = (note: string) => writeFileSync(file, `${readFileSync(file, "utf8")}// ${note}\n`);
    await sleep(1500);
    save("once");
    await verdict("All 6 outputs are verified with 2 clients; nothing changed");
    await sleep(1500);
    const started = performance.now();
    save("twice");
    await verdict("All 6 outputs are verified with 2 clients; nothing changed");
    return { wall: performance.now() - started };
  } finally {
    child.kill("SIGINT");
    await ended;
  }
}
