// Preloaded into a process whose memory is measured. At its exit, it leaves the peak in a file.
import { readFileSync, writeFileSync } from "node:fs";

process.on("exit", () => {
  writeFileSync(process.env.BENCH_PEAK_MEMORY_FILE ?? "", String(peakMemory()));
});

/**
 * In bytes. On Linux, getrusage may count the memory of the process that started this one; the
 * kernel's own record does not.
 */
function peakMemory() {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}
