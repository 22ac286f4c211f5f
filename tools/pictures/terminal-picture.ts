import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toSvg } from "./terminal-svg.ts";

// Makes docs/notebook.svg from the real notebook, in a real terminal: npx tsx tools/pictures/terminal-picture.ts
const root = join(import.meta.dirname, "../..");
const width = 92;
const height = 44;
const title = "The notebook in a terminal";

function tmux(...words: string[]): string {
  const { stdout, error } = spawnSync("tmux", ["-L", "picture", ...words], { encoding: "utf8" });
  if (error) throw new Error(`tmux is missing: apt-get install tmux. ${error.message}`);
  return stdout;
}

/** Waits for the line of keys, or for another one after a key was pressed. */
async function nextKeys(before = ""): Promise<string> {
  for (let round = 0; round < 600; round++) {
    const screen = tmux("capture-pane", "-p").trimEnd();
    if (screen !== before && screen.split("\n").at(-1)?.startsWith("Enter ")) return screen;
    await sleep(50);
  }
  throw new Error("The terminal never asked for a key.");
}

const command = "env CI= FORCE_COLOR=1 node --import tsx run-guide.ts; cat";
const size = ["-x", String(width), "-y", String(height)];
tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", root, command);
try {
  let screen = await nextKeys();
  for (let results = 0; results < 2; ) {
    tmux("send-keys", "Enter");
    screen = await nextKeys(screen);
    if (screen.includes("Enter turns the page")) results++;
  }
  writeFileSync(
    join(root, "docs", "notebook.svg"),
    toSvg(tmux("capture-pane", "-e", "-p"), width, title),
  );
} finally {
  tmux("send-keys", "C-c");
  await sleep(1500);
  tmux("kill-server");
}
console.log("Wrote docs/notebook.svg.");
