import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { drivers } from "../../drivers/drivers.ts";
import { connect } from "../../runner/connection/connect.ts";
import { DatabaseError } from "../../runner/connection/errors.ts";
import { makeAuthority } from "../faults/support/certificates.ts";
import { directoryForFile } from "../support/files.ts";
import {
  authentication,
  letIn,
  message,
  type Reply,
  scram,
  startScriptedServer,
} from "./scripted-server.ts";

const directory = directoryForFile("hostile");
const authority = await makeAuthority("Trusted");
const { private: key, cert } = await authority.sign("localhost");
const tls = { key, cert };
writeFileSync(join(directory, "ca.pem"), authority.certificate);

const password = "correct-horse";
const plainUrl = (port: number, rest = "") =>
  `postgres://reader:${password}@127.0.0.1:${port}/d?connect_timeout=2${rest}`;
const tlsUrl = (port: number, rest: string) => {
  const file = encodeURIComponent(join(directory, "ca.pem"));
  const url = plainUrl(port, `&sslmode=require&sslrootcert=${file}${rest}`);
  return url.replace("127.0.0.1", "localhost");
};

describe.each(Object.entries(drivers))("the driver %s", (driver, load) => {
  /** @returns what the failure is; it must come within the time limit of the connection string */
  async function failureOf(url: string, statement = "SELECT 1"): Promise<string> {
    const work = async () => {
      const db = await connect(await load(), url, { usesPg: driver === "pg" });
      await db.query(statement).finally(() => db.close());
    };
    const error = await work().then(
      () => new Error("no failure"),
      (reason: unknown) => reason,
    );
    if (!(error instanceof DatabaseError)) throw error;
    return `${error.phase} ${error.code}: ${error.message}`;
  }

  test.runIf(driver === "pg").each<[string, Buffer]>([
    ["a password in clear", authentication(3)],
    ["an MD5 hash", authentication(5, "salt")],
    ["nothing", letIn],
    ["SCRAM without channel binding", scram],
  ])("with channel_binding=require, a server that asks for %s", async (_, request) => {
    const server = await startScriptedServer([request, message("E", "SFATAL\0CX\0Mno\0\0")], {
      tls,
      closes: true,
    });
    expect(await failureOf(tlsUrl(server.port, "&channel_binding=require"))).toMatch(
      /^connect CHANNEL_BINDING: The server's login does not bind to the TLS connection/,
    );
    // The start-up message names the user and the database. Nothing of the password follows it.
    expect(server.received.length).toBe(1);
  });

  test("with channel_binding=require, a server without a trusted certificate gets nothing", async () => {
    const stranger = await (await makeAuthority("Stranger")).sign("localhost");
    const server = await startScriptedServer([authentication(3)], {
      tls: { key: stranger.private, cert: stranger.cert },
    });
    expect(await failureOf(tlsUrl(server.port, "&channel_binding=require"))).toMatch(
      /^connect .*(SELF_SIGNED|UNABLE_TO_VERIFY)/,
    );
    expect(server.received).toEqual([]);
  });

  // pg sends no query while it connects. The run's time limit ends what follows.
  const afterLogin: [string, Reply[]][] = driver === "postgres" ? [["after it", [letIn]]] : [];
  const silent: [string, Reply[]][] = [
    ...afterLogin,
    ["before the login", []],
    ["in the middle of it", [scram]],
    ["in the middle of a message", [Buffer.from("R\0")]],
  ];
  const strange: [string, Reply[]][] = [
    ["HTTP", [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")]],
    ["SSH", [Buffer.from("SSH-2.0-OpenSSH_9.6\r\n")]],
  ];
  /** All at once, because each takes the whole time limit. */
  const failuresOf = (cases: [string, Reply[]][]) =>
    Promise.all(
      cases.map(async ([name, replies]) => {
        const { port } = await startScriptedServer(replies);
        return [name, await failureOf(plainUrl(port).replace("timeout=2", "timeout=1"))];
      }),
    );

  test("a server that falls silent is given up in time, and so is one that is no Postgres", async () => {
    const [afterSilence, afterWords] = await Promise.all([failuresOf(silent), failuresOf(strange)]);
    const noAnswer = "connect CONNECT_TIMEOUT: The server did not answer in time.";
    expect(afterSilence).toEqual(silent.map(([name]) => [name, noAnswer]));
    const noPostgres = expect.stringMatching(/^connect (CONNECT_TIMEOUT|CONNECTION_LOST)/);
    expect(afterWords).toEqual(strange.map(([name]) => [name, noPostgres]));
  });

  test("a server that accepts and closes is tried until the time is over", async () => {
    const server = await startScriptedServer([Buffer.alloc(0)], { closes: true });
    expect(await failureOf(plainUrl(server.port).replace("timeout=2", "timeout=1"))).toBe(
      "connect CONNECTION_LOST: The server closed the connection while it was being opened.",
    );
    expect(server.received.length).toBeLessThan(20);
  });

  test("what a server says moves no cursor and turns no text around", async () => {
    const error = "SFATAL\0C\x1b[31m\0M\x1b]0;title\x07 \u202eevil\nline\0\0";
    const server = await startScriptedServer([message("E", error)], { closes: true });
    expect(await failureOf(plainUrl(server.port))).toBe(
      "connect \\x1b[31m: \\x1b]0;title\\x07 \\u{202e}evil line",
    );
  });
});
