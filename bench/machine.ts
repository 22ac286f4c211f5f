import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { root } from "./process.ts";
import type { Python } from "./python.ts";
import type { BenchServer } from "./server.ts";

/** On what the figures were taken. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memory: string;
  readonly system: string;
  /** Of the last minute before the start. Above zero, others were using the machine, too. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** Describes this machine, and the versions of what runs on it. */
export function describeMachine(server: BenchServer, python: Python | undefined): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown processor",
    cores: processors.length,
    memory: `${Math.round(totalmem() / 1024 ** 3)} GiB`,
    system: `${type()} ${release().split("-")[0]} ${arch()}`,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    versions: {
      "Node.js": process.versions.node,
      tsx: versionOf("tsx"),
      esbuild: versionOf("esbuild"),
      pg: versionOf("pg"),
      "postgres.js": versionOf("postgres"),
      PostgreSQL: server.version,
      ...(python && { Python: python.versions }),
    },
  };
}

/** Two lines of text. */
export function machineText(machine: Machine): string {
  const { processor, cores, memory, system, load, versions } = machine;
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${processor}, ${cores} cores, ${memory}, ${system}; load before the start ${load}.\n${list.join(", ")}.`;
}

function versionOf(name: string): string {
  const file = join(root, "node_modules", name, "package.json");
  return String(JSON.parse(readFileSync(file, "utf8")).version);
}
