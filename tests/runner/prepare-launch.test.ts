import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { prepareLaunch } from "../../runner/run/prepare-launch.ts";
import { openWorkspace } from "../../runner/workspace/workspace.ts";
import { makeDirectory } from "../support/files.ts";
import { makeGuide } from "../support/guide.ts";

test("nothing is written any more after a driver did not compile", async () => {
  const cache = makeDirectory("prepare");
  vi.stubEnv("XDG_CACHE_HOME", cache); // there, no program is kept yet
  onTestFinished(() => void vi.unstubAllEnvs());
  const names = Array.from({ length: 40 }, (_, index) => `${String(index + 1).padStart(2, "0")}-a`);
  const { directory, write } = makeGuide({ runs: names }, names);
  const imports =
    'import { step } from "neon-typescript-guide/step";\nawait step(async () => {});\n';
  for (const name of names) write(`steps/${name}.ts`, `/*\n# A\n*/\n${imports}`);
  write("drivers/broken.ts", "export const x = ;\n");
  const guide = await loadGuide(directory);
  const workspace = openWorkspace(cache);
  const [inPlace, standalone, timeout] = [false, [], 30];
  const signal = new AbortController().signal;
  const options = { guide, clients: ["broken", "pg"], standalone, runs: guide.runs, timeout };
  const launch = prepareLaunch({ ...options, inPlace, note: () => {}, signal }, workspace);
  await expect(launch).rejects.toThrow("broken.ts, line 1");
  workspace.close();
  await sleep(1000);
  expect(existsSync(workspace.directory)).toBe(false);
});
