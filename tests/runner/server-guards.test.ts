import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { promisify } from "node:util";
import { expect, inject, onTestFinished, test } from "vitest";
import { splitUri } from "../../runner/connection/connection-uri.ts";
import { selfSign } from "../../runner/database/embedded/certificate.ts";
import { succeeds } from "../../runner/run/installed.ts";
import { serverGuards } from "../../runner/run/server-guards/server-guards.ts";
import { makeDirectory } from "../support/files.ts";

const project = join(import.meta.dirname, "../..");
const { host, port, user, password, database } = splitUri(inject("databaseUrl"));
const login = JSON.stringify({ host, port: Number(port), user, password, database });

/** Ways to the suite's server. Each prints what comes of it. */
const clients = {
  "pg, with a host": `new (require("pg").Client)(${login}).connect()`,
  "pg, with a connection string": `new (require("pg").Client)(${JSON.stringify(inject("databaseUrl"))}).connect()`,
  "pg, where TLS comes first": `new (require("pg").Client)({ ...${login}, ssl: true }).connect()`,
  "postgres.js": `require("postgres")(${JSON.stringify(inject("databaseUrl"))}, { max: 1 })\`SELECT 1\``,
  "a module": `import("pg").then(({ Client }) => new Client(${login}).connect())`,
  "a socket": `new Promise((opened, failed) => {
    const own = require("net").connect(${port}, ${JSON.stringify(host)});
    own.on("error", failed).on("data", opened).write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
  })`,
  "a socket that says something else first": `new Promise((opened, failed) => {
    const own = require("net").connect(${port}, ${JSON.stringify(host)});
    own.write("", () => own.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
    own.on("error", failed).on("data", opened);
  })`,
  "another process": `new Promise((opened, failed) => {
    const code = \`new (require("pg").Client)(${login}).connect().then(() => process.exit(), (error) => { console.error(error.message); process.exit(1); })\`;
    require("child_process").execFile(process.execPath, ["-e", code], (error, _, stderr) => error ? failed(new Error(stderr.trim())) : opened());
  })`,
};

/** @param server a host, or the folder of a socket, and a port */
async function run(program: string, code: string, server: string): Promise<string> {
  const [PGHOST = "", PGPORT = ""] = server.split(" ");
  const env = { ...process.env, ...serverGuards({}, { PGHOST, PGPORT }) };
  const option = program === process.execPath ? "-e" : "-c";
  const { stdout } = await promisify(execFile)(program, [option, code], { cwd: project, env });
  return stdout.trim();
}

function connect(code: string, server: string): Promise<string> {
  const whole = `(${code}).then(() => "connected", (error) => error.message).then((text) => {
    console.log(text);
    process.exit();
  });`;
  return run(process.execPath, whole, server);
}

const others = ["localhost 1", `another.example ${port}`, "/tmp 5432"];
const refusal = `${host}:${port} is not the server of this run. It may be your own. Connect to DATABASE_URL.`;

test.concurrent.each(Object.entries(clients))(
  "%s reaches the run's server, and no other one",
  async (name, code) => {
    for (const server of others) expect(await connect(code, server), server).toBe(refusal);
    const isRefused = name.includes("TLS"); // by this server, which has none
    const reached = isRefused ? "The server does not support SSL connections" : "connected";
    for (const server of [`${host} ${port}`, `localhost ${port}`]) {
      expect(await connect(code, server), server).toBe(reached);
    }
  },
);

/** Ways of Python's to the suite's server. Each connects, and prints that. */
const pythonClients = {
  psycopg2: `import psycopg2
psycopg2.connect(url).cursor().execute("SELECT 1")
print("connected")`,
  "psycopg2's pool": `from psycopg2.pool import SimpleConnectionPool
SimpleConnectionPool(1, 1, url).getconn()
print("connected")`,
  asyncpg: `import asyncio, asyncpg
async def main():
    await (await asyncpg.connect(url)).execute("SELECT 1")
    print("connected")
asyncio.run(main())`,
  "asyncpg's pool": `import asyncio, asyncpg
async def main():
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
        print("connected" if await pool.fetchval("SELECT 1") == 1 else "")
asyncio.run(main())`,
};
const python = "/usr/bin/python3";
const hasLibraries = await succeeds(python, ["-c", "import psycopg2, asyncpg"]);

test.skipIf(!hasLibraries).concurrent.each(Object.entries(pythonClients))(
  `%s reaches the run's server, and no other one${hasLibraries ? "" : " (missing: python3-psycopg2, python3-asyncpg)"}`,
  async (_, code) => {
    const indented = code.replaceAll("\n", "\n    ");
    const whole = `url = ${JSON.stringify(inject("databaseUrl"))}
try:
    ${indented}
except ConnectionRefusedError as error:
    print(error)`;
    for (const server of others) expect(await run(python, whole, server), server).toBe(refusal);
    for (const server of [`${host} ${port}`, `localhost ${port}`]) {
      expect(await run(python, whole, server), server).toBe("connected");
    }
  },
);

test("TLS from the beginning hides nothing", async () => {
  const { key, certificate: cert } = selfSign();
  const server = createTlsServer({ key, cert }, (socket) => {
    socket.on("error", () => {}).on("data", (data) => socket.end(data));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const at = typeof address === "object" ? address?.port : undefined;
  const startup = "Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0])";
  for (const options of [
    `{ port: ${at}, host: "127.0.0.1" }`,
    `{ socket: require("net").connect(${at}, "127.0.0.1") }`,
  ]) {
    const code = `new Promise((opened, failed) => {
      const own = require("tls").connect({ ...${options}, rejectUnauthorized: false }, () => own.write(${startup}));
      own.on("error", failed).on("data", opened);
    })`;
    expect(await connect(code, "localhost 1")).toContain("is not the server of this run");
    expect(await connect(code, `localhost ${at}`)).toBe("connected");
  }
});

test("a socket in a folder is a server, too; other programs are not", async () => {
  const path = join(makeDirectory("guard"), ".s.PGSQL.5432");
  const echo = createServer((socket) => socket.on("data", (data) => socket.end(data)));
  onTestFinished(() => void echo.close());
  await new Promise<void>((listening) => echo.listen(path, listening));
  const write = (bytes: string) => `new Promise((opened, failed) => {
    const own = require("net").connect(${JSON.stringify(path)});
    own.on("error", failed).on("data", opened).write(Buffer.from(${bytes}));
  })`;
  const startup = "[0, 0, 0, 9, 0, 3, 0, 0, 0]";
  expect(await connect(write(startup), "localhost 5432")).toContain(
    "is not the server of this run",
  );
  expect(await connect(write(startup), `${join(path, "..")} 5432`)).toBe("connected");
  for (const bytes of ['"GET / HTTP/1.1"', "[0, 0, 0, 9, 0, 3, 0, 0]"]) {
    expect(await connect(write(bytes), "localhost 5432"), bytes).toBe("connected");
  }
});
