import { spawnSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { emptyCache, removeCache } from "./command.ts";

/** Makes an empty cache directory on a file system of that size. It is unmounted when the test is over. */
export function cacheOnSmallDisk(megabytes: number): string {
  const cache = emptyCache();
  const uid = process.getuid?.() ?? 0;
  const sudo = uid === 0 ? [] : ["sudo", "-n"];
  const run = (...words: string[]) => {
    const [command = "", ...rest] = [...sudo, ...words];
    const { status, stderr } = spawnSync(command, rest, { encoding: "utf8" });
    if (status !== 0)
      throw new Error(`A small disk needs root, or sudo without a password. ${stderr}`);
  };
  run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=0711,uid=${uid}`, "tmpfs", cache);
  onTestFinished(() => {
    run("umount", cache);
    removeCache(cache);
  });
  return cache;
}
