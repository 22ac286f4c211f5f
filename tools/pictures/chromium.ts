import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Chromium, or a browser built on it, usually is. */
const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** The browser shall do nothing by itself: no update, no service, no graphics card. */
const quiet = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Finds the system's browser.
 * @throws Error that says what to do where there is none
 */
export function findChromium(): string {
  const { CHROMIUM } = process.env;
  if (CHROMIUM && existsSync(CHROMIUM)) return CHROMIUM;
  if (CHROMIUM)
    throw new Error(`CHROMIUM names a file that is not there: ${CHROMIUM}. Correct it.`);

  const place = places.find((path) => existsSync(path));
  if (place) return place;
  throw new Error(
    "No Chromium was found. Install it (apt install chromium), or set CHROMIUM to the path of Chromium, Chrome or Edge.",
  );
}

/** Starts the system's browser without a window. Its sandbox does not work for root. */
export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  const chromiumSandbox = process.getuid?.() !== 0;
  return chromium.launch({ executablePath, chromiumSandbox, args: quiet });
}
