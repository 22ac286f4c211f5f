import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { html } from "../../runner/document/html.ts";

/**
 * Opens an address in the reader's browser. It holds a secret, and a command line can be seen by every
 * user of the machine: so the browser is given a file that leads there.
 * @param directory where that file goes: one that is removed however the run ends
 */
export function openBrowser(address: string, directory: string): void {
  const file = join(directory, "open.html");
  const page = html`<!doctype html><title>The guide</title><meta http-equiv="refresh" content="0;url=${address}">`;
  writeFileSync(file, page.text, { mode: 0o600 });
  const [program, ...words] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(program ?? "", [...words, pathToFileURL(file).href], {
    stdio: "ignore",
    detached: true,
  });
  child.on("error", () => {}); // the address stands in the terminal
  child.unref();
}

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ["open"],
  win32: ["explorer.exe"],
};
