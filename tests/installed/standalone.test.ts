import { spawn } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, inject, test } from "vitest";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { openBridge } from "../../runner/run/websocket-bridge.ts";
import { install, makeAuthority } from "../faults/support/certificates.ts";
import { serverForFile } from "../faults/support/server.ts";
import { directoryForFile } from "../support/files.ts";

const root = join(import.meta.dirname, "../..");
const folders = readdirSync(join(root, "standalone")).filter((name) =>
  readdirSync(join(root, "standalone", name)).includes("package.json"),
);
/** What the scripts print from first to last, in a fresh database. */
const steps = ["01-create", "02-read", "03-update", "04-delete"];
const expected = steps.map((step) => readFileSync(join(root, "expected", `${step}.txt`), "utf8"));

const elsewhere = directoryForFile("standalone elsewhere");
const encrypted = await serverForFile();
const authorities = await makeAuthority("A company's own");
await install(encrypted, await authorities.sign("localhost"));
const authority = join(elsewhere, "authority.pem");
writeFileSync(authority, authorities.certificate);

/** Runs a command in the folder; throws where it fails. Gives what it prints. */
async function run(directory: string, command: string, words: string[], environment = {}) {
  const { DATABASE_URL: _, ...env } = process.env;
  const child = spawn(command, words, {
    cwd: directory,
    env: { ...env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  const closed = new Promise((resolve) => child.on("close", resolve));
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    closed,
  ]);
  if (code !== 0 || (command === "node" && stderr)) {
    throw new Error(`${command} ${words.join(" ")}: exit ${code}\n${stdout}${stderr}`);
  }
  return stdout;
}

/** The driver of Neon speaks over a WebSocket, and these servers do not: a bridge lies between. */
async function bridgeTo(directory: string, url: string): Promise<string[]> {
  const settings = await openBridge(
    url.replace("?", `?sslrootcert=${encodeURIComponent(authority)}&`),
  );
  const proxy = JSON.stringify(settings.wsProxy?.());
  writeFileSync(
    join(directory, "bridge.mjs"),
    `import { neonConfig } from "@neondatabase/serverless";
Object.assign(neonConfig, ${JSON.stringify(settings)}, { wsProxy: () => ${proxy} });\n`,
  );
  return ["--import", "./bridge.mjs"];
}

describe.each(folders)("standalone/%s, copied and installed", (name) => {
  let directory: string;

  beforeAll(async () => {
    directory = join(elsewhere, name);
    cpSync(join(root, "standalone", name), directory, {
      recursive: true,
      filter: (source) => !source.includes("node_modules"),
    });
    await run(directory, "npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"]);
  });

  async function outputs(url: string): Promise<string[]> {
    const example = readFileSync(join(directory, ".env.example"), "utf8");
    writeFileSync(
      join(directory, ".env"),
      example.replace(/^DATABASE_URL=.*$/m, `DATABASE_URL="${url}"`),
    );
    const bridge = name === "serverless" ? await bridgeTo(directory, url) : [];
    const printed: string[] = [];
    for (const step of steps) {
      const words = ["--import", "tsx", ...bridge, `${step}.ts`];
      printed.push(await run(directory, "node", words, { NODE_EXTRA_CA_CERTS: authority }));
    }
    return printed;
  }

  test("on the embedded server", async () => {
    const url = new URL(inject("databaseUrl"));
    const db = await connect(pg, url.href);
    await db.query(`CREATE DATABASE installed_${name}`);
    await db.close();
    url.pathname = `/installed_${name}`;
    expect(await outputs(url.href)).toEqual(expected);
  });

  test("on a server with TLS, by a connection string as Neon's console has it", async () => {
    await encrypted.sql(`CREATE DATABASE neon_${name} OWNER reader`);
    const url = new URL(encrypted.url);
    url.hostname = "localhost";
    url.pathname = `/neon_${name}`;
    url.search = "?sslmode=require&channel_binding=require";
    expect(await outputs(url.href)).toEqual(expected);
  });
});
