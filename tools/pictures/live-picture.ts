// Takes the picture in docs/ of the live page, after its runs: npx tsx tools/pictures/live-picture.ts
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { launchChromium } from "./chromium.ts";

const root = join(import.meta.dirname, "../..");
const guide = spawn(process.execPath, ["--import", "tsx", "run-guide.ts", "open", "--no-browser"], {
  cwd: root,
  stdio: ["ignore", "pipe", "inherit"],
});
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(await addressOf(guide.stdout));
  await page.getByRole("button", { name: "Run all" }).click();
  await page.getByRole("status").filter({ hasText: "All 6 match" }).waitFor();
  const update = page.locator("[id='03-update']");
  await update.locator(".sent:visible summary").click();
  const button = await update.getByRole("button", { name: "Run again" }).boundingBox();
  await page.mouse.wheel(0, (button?.y ?? 0) - 160);
  await update.locator(".sent:visible li").scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(root, "docs/live.png") });
  console.log("docs/live.png");
} finally {
  await browser.close();
  guide.kill("SIGINT");
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const [address] = /http:\S+token=\S+/.exec(line) ?? [];
    if (address) return address;
  }
  throw new Error("The guide ended before it said an address.");
}
