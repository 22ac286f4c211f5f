import { cpSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { selfSign } from "../faults/support/certificates.ts";
import { makeDatabase } from "../support/database.ts";
import { copyProject, expectExit, sharedProject } from "../support/project.ts";

const root = join(import.meta.dirname, "../..");
/** Those that connect by TCP, and run wherever the tests do. */
const folders = ["pg", "postgres", "drizzle"];

function copyFolder(name: string) {
  const project = copyProject();
  const folder = `standalone/${name}`;
  cpSync(join(root, folder), join(project.directory, folder), { recursive: true });
  const run = (step: string, DATABASE_URL: string) =>
    project.stepByHand(`../${folder}/${step}`, [], { DATABASE_URL });
  return { ...project, folder, run };
}

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(statement).finally(() => client.end());
  return rows;
}

test.each(folders)("%s: 01-create does all of its work, or none", async (name) => {
  const project = copyFolder(name);
  const url = await makeDatabase();
  expectExit(await project.run("01-create", url), 0);
  await ask(url, "DELETE FROM books WHERE title <> 'Dune'");

  const file = `${project.folder}/01-create.ts`;
  const source = project.read(file);
  const broken = source.replace(/"1984"(?=, (author: )?"George Orwell")/, "null"); // NOT NULL
  expect(broken).not.toBe(source);
  project.write(file, broken);
  const failed = await project.run("01-create", url);
  expectExit(failed, 1);
  expect(failed.stdout).toContain("Inserted a single book.\n");
  expect(await ask(url, "SELECT title FROM books")).toEqual([{ title: "Dune" }]);
});

test.each(folders)("%s: a change that finds no row is a failure", async (name) => {
  const { run } = copyFolder(name);
  const url = await makeDatabase();
  expectExit(await run("01-create", url), 0);
  await ask(url, "DELETE FROM books");
  for (const [step, title] of [
    ["03-update", "Dune"],
    ["04-delete", "1984"],
  ] as const) {
    const failed = await run(step, url);
    expectExit(failed, 1);
    expect(failed.stderr).toContain(`There is no book titled '${title}'. Run 01-create first.`);
    expect(failed.stdout).toBe("Connection established\n");
  }
});

test.each(["pg", "postgres"])("the shared steps with %s: the same", async (driver) => {
  const project = sharedProject();
  const url = await makeDatabase();
  const run = (step: string) => project.step(step, ["--driver", driver], { DATABASE_URL: url });
  expectExit(await run("01-create"), 0);
  await ask(url, "DELETE FROM books");
  for (const [step, message] of [
    ["03-update", "No row was updated: there is no book titled 'Dune'."],
    ["04-delete", "No row was deleted: there is no book titled '1984'."],
  ] as const) {
    const failed = await run(step);
    expectExit(failed, 1);
    expect(failed.stderr).toContain(message);
  }
});

/** A server with a certificate that no authority signed. */
async function startImpostor() {
  const { private: key, cert } = await selfSign("localhost");
  const sockets = new Set<Socket>();
  let received = "";
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write("S"); // the answer to a request for TLS
      const encrypted = new TLSSocket(socket, { isServer: true, key, cert });
      encrypted.on("error", () => {});
      encrypted.on("data", (data) => {
        received += data.toString("latin1");
        encrypted.destroy();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { port, received: () => received };
}

test.each(folders)("%s: a string of Neon's console trusts no other server", async (name) => {
  const { run } = copyFolder(name);
  const { port, received } = await startImpostor();
  const url = `postgresql://reader:secret@localhost:${port}/neondb?sslmode=require&channel_binding=require`;
  const refused = await run("02-read", url);
  expectExit(refused, 1);
  expect(refused.stderr).toContain("self-signed certificate");
  expect(received()).toBe("");
});

test.each(folders)("%s: a missing connection string is named", async (name) => {
  const { stepByHand, folder } = copyFolder(name);
  const failed = await stepByHand(`../${folder}/02-read`);
  expectExit(failed, 1);
  expect(failed.stderr).toContain("DATABASE_URL is not set: put it into .env.");
});
