import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { messageOf } from "../../runner/common/failure.ts";
import { findBinaries } from "../../runner/database/embedded/binaries.ts";
import { freeMegabytes, MEGABYTES_NEEDED } from "../../runner/database/embedded/disk-space.ts";
import { serverUser } from "../../runner/database/embedded/server-user.ts";
import { workspaceRoot } from "../../runner/workspace/roots.ts";
import { type Check, failed, ok } from "./check.ts";

const packages = ["pg", "postgres", "dotenv", "zx/core", "esbuild", "diff"];

/** What the machine must have, whichever database is used. */
export function checkMachine(): Check[] {
  return [checkNode(), checkDependencies(), checkWorkspace()];
}

/** What the embedded PostgreSQL needs beyond that. */
export async function checkEmbedded(): Promise<Check[]> {
  return [checkBinaries(), checkDisk(), await checkPort()];
}

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const found = `Node.js ${process.versions.node}, ${process.platform} ${process.arch}`;
  const isNewEnough = major > 20 || (major === 20 && minor >= 19);
  const remedy = "Install Node.js 20.19 or newer: https://nodejs.org";
  return isNewEnough ? ok("Node.js", found) : failed("Node.js", found, remedy);
}

function checkDependencies(): Check {
  const require = createRequire(import.meta.url);
  const missing = packages.filter((name) => {
    try {
      require.resolve(name);
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return ok("Dependencies", `${packages.length} libraries are installed`);
  return failed("Dependencies", `missing: ${missing.join(", ")}`, "Run npm ci.");
}

function checkWorkspace(): Check {
  try {
    return ok("Rights", `${workspaceRoot()} can be written to`);
  } catch (error) {
    return failed("Rights", messageOf(error), "Set TMPDIR to a directory of yours.");
  }
}

function checkBinaries(): Check {
  const name = "Embedded PostgreSQL";
  try {
    const { postgres, version } = findBinaries(workspaceRoot(), serverUser());
    if (existsSync(postgres)) return ok(name, `${version}, with its libraries`);
    return failed(name, `${postgres} is missing`, "Run npm ci again.");
  } catch (error) {
    return failed(name, messageOf(error), "With DATABASE_URL set, it is not needed.");
  }
}

function checkDisk(): Check {
  const free = freeMegabytes(workspaceRoot());
  if (free >= MEGABYTES_NEEDED) return ok("Disk", `${free} MB are free`);
  return failed(
    "Disk",
    `only ${free} MB are free`,
    `Free ${MEGABYTES_NEEDED} MB, or set DATABASE_URL.`,
  );
}

function checkPort(): Promise<Check> {
  return new Promise((resolve) => {
    const probe = createServer().once("error", (error) => {
      resolve(failed("Port", error.message, "A firewall keeps programs from 127.0.0.1: allow it."));
    });
    probe.listen(0, "127.0.0.1", () => {
      probe.close(() => resolve(ok("Port", "programs may listen on 127.0.0.1")));
    });
  });
}
