import { spawnSync } from "node:child_process";

/**
 * Mounts a file system of that size.
 * @returns how to unmount it
 */
export function mountSmallDisk(directory: string, megabytes: number): () => void {
  const uid = process.getuid?.() ?? 0;
  const sudo = uid === 0 ? [] : ["sudo", "-n"];
  const run = (...words: string[]) => {
    const [command = "", ...rest] = [...sudo, ...words];
    const { status, stderr } = spawnSync(command, rest, { encoding: "utf8" });
    if (status !== 0)
      throw new Error(`A small disk needs root, or sudo without a password. ${stderr}`);
  };
  run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=0711,uid=${uid}`, "tmpfs", directory);
  return () => run("umount", directory);
}
